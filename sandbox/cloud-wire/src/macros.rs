//! The macros that generated `shapes.rs` files and service crates are written with.

/// A shape that is kept and told as JSON.
#[doc(hidden)]
#[macro_export]
macro_rules! kept_as_json {
    ($name:ident) => {
        impl $crate::reexport::serde::Serialize for $name {
            fn serialize<S: $crate::reexport::serde::Serializer>(
                &self,
                serializer: S,
            ) -> Result<S::Ok, S::Error> {
                $crate::json::serialize_shape(self, serializer)
            }
        }

        impl<'de> $crate::reexport::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::reexport::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<Self, D::Error> {
                $crate::json::deserialize_shape(deserializer)
            }
        }
    };
}

/// Structures of a model: `pub struct Tag as TAG { key: String = Member::new("Key", &TAG_KEY).required(), }`.
/// Each becomes a plain struct with public fields, a schema, and conversions; it can be kept as JSON (serde).
#[macro_export]
macro_rules! structure {
    ($(pub struct $name:ident as $schema:ident { $($body:tt)* })*) => {$(
        $crate::plain_structure! {
            #[derive(Clone, Debug, Default, PartialEq)]
            pub struct $name as $schema { $($body)* }
        }

        $crate::kept_as_json! { $name }
    )*};
}

/// Structures with a member that is a stream: neither cloned nor compared nor kept.
#[macro_export]
macro_rules! streaming_structure {
    ($(pub struct $name:ident as $schema:ident { $($body:tt)* })*) => {$(
        $crate::plain_structure! {
            #[derive(Debug, Default)]
            pub struct $name as $schema { $($body)* }
        }
    )*};
}

#[doc(hidden)]
#[macro_export]
macro_rules! plain_structure {
    ($(#[$meta:meta])* pub struct $name:ident as $schema:ident { $($field:ident : $type:ty = $member:expr),* $(,)? }) => {
        $(#[$meta])*
        pub struct $name {
            $(pub $field: $type,)*
        }

        pub static $schema: $crate::Schema = {
            static MEMBERS: &[$crate::Member] = &[$($member),*];
            $crate::Schema::structure(stringify!($name), MEMBERS)
        };

        #[allow(
            dead_code,
            non_camel_case_types,
            unused_variables,
            reason = "places are called as members are; structures without members"
        )]
        const _: () = {
            enum Place {
                $($field,)*
            }

            impl $crate::Shape for $name {
                fn value(&self) -> $crate::Value<'_> {
                    $crate::Value::Structure(self)
                }

                fn set(&mut self, _: $crate::shape::Given<'_>) -> Result<(), $crate::shape::Unfit> {
                    Err($crate::shape::Unfit(stringify!($name)))
                }

                fn clear(&mut self) {
                    *self = Self::default();
                }

                fn member(&mut self, place: usize) -> Option<&mut dyn $crate::Shape> {
                    $(if place == Place::$field as usize {
                        return Some(&mut self.$field);
                    })*
                    None
                }
            }

            impl $crate::value::Parts for $name {
                fn count(&self) -> usize {
                    $schema.members().len()
                }

                fn part(&self, place: usize) -> $crate::Value<'_> {
                    $(if place == Place::$field as usize {
                        return $crate::Shape::value(&self.$field);
                    })*
                    $crate::Value::Null
                }
            }
        };

        impl $crate::shape::Described for $name {
            fn schema() -> &'static $crate::Schema {
                &$schema
            }
        }
    };
}

/// Unions of a model: `pub enum Target as TARGET { Arn(String) = Member::new("Arn", &ARN), }`. Exactly one member is there;
/// it can be kept as JSON (serde).
#[macro_export]
macro_rules! union {
    ($(pub enum $name:ident as $schema:ident { $($body:tt)* })*) => {$(
        $crate::plain_union! { pub enum $name as $schema = union [] { $($body)* } }

        $crate::kept_as_json! { $name }
    )*};
}

/// Events of a model's streams, and the codes of the errors that may end them:
/// `pub enum Output as OUTPUT throws ["Gone"] { Chunk(Chunk) = Member::new("Chunk", &CHUNK), }`.
#[macro_export]
macro_rules! events {
    ($(pub enum $name:ident as $schema:ident throws [$($exception:literal),* $(,)?] { $($body:tt)* })*) => {$(
        $crate::plain_union! { pub enum $name as $schema = events [&[$($exception),*]] { $($body)* } }
    )*};
}

#[doc(hidden)]
#[macro_export]
macro_rules! plain_union {
    (
        pub enum $name:ident as $schema:ident = $kind:ident [$($exceptions:expr)?]
        { $($variant:ident($type:ty) = $member:expr),* $(,)? }
    ) => {
        #[derive(Clone, Debug, PartialEq)]
        pub enum $name {
            $($variant($type),)*
        }

        pub static $schema: $crate::Schema = {
            static MEMBERS: &[$crate::Member] = &[$($member),*];
            $crate::Schema::$kind(stringify!($name), MEMBERS $(, $exceptions)?)
        };

        $crate::first_variant! { $name; $($variant($type),)* }

        const _: () = {
            enum Place {
                $($variant,)*
            }

            impl $crate::Shape for $name {
                fn value(&self) -> $crate::Value<'_> {
                    match self {
                        $(Self::$variant(value) => $crate::Value::Variant(Place::$variant as usize, value),)*
                    }
                }

                fn set(&mut self, _: $crate::shape::Given<'_>) -> Result<(), $crate::shape::Unfit> {
                    Err($crate::shape::Unfit(stringify!($name)))
                }

                fn clear(&mut self) {
                    *self = Self::default();
                }

                #[allow(unreachable_patterns, reason = "unions of one member")]
                fn variant(&mut self, place: usize) -> Option<&mut dyn $crate::Shape> {
                    $(if place == Place::$variant as usize {
                        *self = Self::$variant(Default::default());
                        return match self {
                            Self::$variant(value) => Some(value),
                            _ => None,
                        };
                    })*
                    None
                }
            }
        };

        impl $crate::shape::Described for $name {
            fn schema() -> &'static $crate::Schema {
                &$schema
            }
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! first_variant {
    ($name:ident; $first:ident($type:ty), $($rest:tt)*) => {
        impl Default for $name {
            fn default() -> Self {
                Self::$first(Default::default())
            }
        }
    };
}

/// Enumerations of a model: `pub enum State as STATE { Active = "Active", }`. Unknown texts are kept as they came;
/// whether they are refused is the validation's choice.
#[macro_export]
macro_rules! enumeration {
    ($(pub enum $name:ident as $schema:ident $(. $how:ident ())? { $($variant:ident = $text:literal),* $(,)? })*) => {$(
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($variant,)*
            /// A text that the model does not list.
            Unlisted(String),
        }

        pub static $schema: $crate::Schema = $crate::Schema::enumeration(stringify!($name), &[$($text),*])$(.$how())?;

        impl $name {
            /// The text on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unlisted(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    other => Self::Unlisted(other.to_owned()),
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Unlisted(String::new())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::Shape for $name {
            fn value(&self) -> $crate::Value<'_> {
                $crate::Value::String(self.as_str())
            }

            fn set(&mut self, given: $crate::shape::Given<'_>) -> Result<(), $crate::shape::Unfit> {
                let $crate::shape::Given::Text(text) = given else { return Err($crate::shape::Unfit("a string")) };
                *self = Self::from(&*text);
                Ok(())
            }

            fn clear(&mut self) {
                *self = Self::default();
            }
        }

        impl $crate::shape::Described for $name {
            fn schema() -> &'static $crate::Schema {
                &$schema
            }
        }

        impl $crate::reexport::serde::Serialize for $name {
            fn serialize<S: $crate::reexport::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::reexport::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::reexport::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as $crate::reexport::serde::Deserialize>::deserialize(deserializer)
                    .map(|text| Self::from(text.as_str()))
            }
        }
    )*};
}

/// Errors of a model: `pub enum Code { ResourceNotFoundException = ("ResourceNotFoundException", 404, "Message"), }`.
/// `Code::ResourceNotFoundException.error("…")` makes the [`AwsError`](cloud_core::AwsError).
#[macro_export]
macro_rules! errors {
    ($($variant:ident = ($code:literal, $status:literal, $message:literal $(as $query:literal)? $(, $member:literal: $value:literal)*)),* $(,)?) => {
        /// The errors that the operations declare.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $($variant,)*
        }

        impl Code {
            /// The code on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            /// The HTTP status.
            pub fn status(self) -> u16 {
                match self {
                    $(Self::$variant => $status,)*
                }
            }

            /// The error, with its message and the members that it always has.
            pub fn error(self, message: impl Into<String>) -> $crate::reexport::AwsError {
                let error = $crate::reexport::AwsError::new(self.as_str(), message).status(self.status());
                match self {
                    $(Self::$variant => error$(.with($member, $value))*,)*
                }
            }
        }

        static ERRORS: &[$crate::ErrorFact] = &[
            $($crate::ErrorFact::new($code, $status, $message)$(.in_query($query))?,)*
        ];
    };
}

/// Operations of a model, each a type in the module `operation`.
#[macro_export]
macro_rules! operations {
    ($($name:ident($input:ty) -> $output:ty = $method:literal $uri:literal $status:literal, $in:path, $out:path
        $(, $(.$how:ident($($fact:expr),*))+)?;)*) => {
        /// The operations, as types.
        pub mod operation {
            $(
                #[derive(Clone, Copy, Debug)]
                pub struct $name;

                impl $crate::OperationType for $name {
                    type Input = $input;
                    type Output = $output;
                    const OPERATION: &'static $crate::Operation =
                        &$crate::Operation::new(stringify!($name), $method, $uri, &$in, &$out).status($status).takes::<$input>()
                        $($(.$how($($fact),*))+)?;
                }
            )*
        }

        static OPERATIONS: &[&$crate::Operation] = &[$(<operation::$name as $crate::OperationType>::OPERATION,)*];
    };
}

/// Writes [`Service::call`](crate::Service::call): the path of the generated module, then `Operation => handler` pairs.
/// A handler is `async fn(&Self, &Caller, Input) -> Result<Output, AwsError>`.
#[macro_export]
macro_rules! dispatch {
    ($($shapes:ident)::+; $($operation:ident => $handler:path),* $(,)?) => {
        fn call<'a>(
            &'a self,
            operation: &str,
            caller: &'a $crate::reexport::Caller,
            input: $crate::Input,
        ) -> Option<$crate::Pending<'a>> {
            use $($shapes)::+::operation as operations;
            match operation {
                $(stringify!($operation) => Some(Box::pin(async move {
                    let operation = <operations::$operation as $crate::OperationType>::OPERATION;
                    let input: <operations::$operation as $crate::OperationType>::Input = input.typed(operation.input)?;
                    let output: <operations::$operation as $crate::OperationType>::Output =
                        $handler(self, caller, input).await?;
                    Ok(Box::new(output) as Box<dyn $crate::Shape>)
                })),)*
                _ => None,
            }
        }
    };
}
