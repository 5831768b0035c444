//! Facts about shapes: what a member is called, where it travels, what it may hold. Made at compile time by the
//! generated tables, read by the codecs and by the validation.

use crate::slot::Places;

/// One shape of a service's model.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// The shape's name in the model.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What it may hold.
    pub limits: Limits,
}

/// What a shape is.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Named members.
    Structure(&'static [Member]),
    /// Exactly one of these members.
    Union(&'static [Member]),
    /// Messages that come one after another, each one of these members.
    Events {
        /// What may come.
        events: &'static [Member],
        /// The errors that may end it, by their codes.
        exceptions: &'static [&'static str],
    },
    /// What no model describes: any JSON.
    Document,
    /// Elements of one shape; in XML and queries each is called `name` unless the list is flattened.
    List {
        /// The elements' shape.
        element: &'static Schema,
        /// The elements' name.
        name: &'static str,
        /// Whether the elements stand without a surrounding list.
        flattened: bool,
    },
    /// Text keys, values of one shape.
    Map {
        /// The keys' shape.
        key: &'static Schema,
        /// The values' shape.
        value: &'static Schema,
        /// The names of key and value in XML and queries.
        names: (&'static str, &'static str),
        /// Whether the entries stand without a surrounding map.
        flattened: bool,
    },
    /// Text; with its known values if it is an enumeration.
    String(&'static [&'static str]),
    /// 32 or 64 bits.
    Integer,
    /// A floating-point number.
    Float,
    /// True or false.
    Boolean,
    /// Bytes: base64 in JSON and XML, raw as a payload.
    Blob,
    /// A moment, in the format of its place unless the model states one.
    Timestamp(Option<TimestampFormat>),
}

/// How a moment is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimestampFormat {
    /// `2026-01-01T00:00:00Z`.
    Iso8601,
    /// `Thu, 01 Jan 2026 00:00:00 GMT`.
    Rfc822,
    /// Seconds since 1970, with a fraction.
    Unix,
}

/// The declared constraints of a shape.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Least length or value.
    pub min: Option<i64>,
    /// Greatest length or value.
    pub max: Option<i64>,
    /// The regular expression, in Java's dialect.
    pub pattern: Option<&'static str>,
}

/// One member of a structure.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts of the model, each its own flag there")]
pub struct Member {
    /// Its name in the model.
    pub name: &'static str,
    /// Its shape.
    pub schema: &'static Schema,
    /// Its name on the wire.
    pub wire: &'static str,
    /// Where it travels.
    pub location: Location,
    /// Whether it must be there.
    pub required: bool,
    /// Whether its elements stand without a surrounding list or map.
    pub flattened: bool,
    /// Whether it is the raw body, too large to hold.
    pub streaming: bool,
    /// Whether it is an attribute of its parent's XML element.
    pub attribute: bool,
    /// The XML namespace of its element, with its prefix.
    pub namespace: Option<(&'static str, &'static str)>,
    /// The format of a moment in this place.
    pub format: Option<TimestampFormat>,
    /// Whether it makes a request that is sent again the same one; made up where it is left out.
    pub idempotency: bool,
    /// Its name in the query protocol, where a service that speaks others too has another one there.
    pub in_query: Option<&'static str>,
}

/// Where a member travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Location {
    /// In the body's document.
    Body,
    /// It is the body.
    Payload,
    /// A header.
    Header,
    /// All headers that start with its wire name.
    Headers,
    /// A part of the path.
    Uri,
    /// A query parameter; for maps all those that no other member takes.
    Query,
    /// The HTTP status.
    Status,
    /// A header of an event's message.
    EventHeader,
    /// The whole of an event's message.
    EventPayload,
}

impl Schema {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, limits: Limits { min: None, max: None, pattern: None } }
    }

    /// A structure.
    pub const fn structure(name: &'static str, members: &'static [Member]) -> Self {
        assert!(
            members.len() <= Places::MOST,
            "who reads a structure marks its members in a set of fixed size"
        );
        Self::new(name, Kind::Structure(members))
    }

    /// A structure of which exactly one member is there.
    pub const fn union(name: &'static str, members: &'static [Member]) -> Self {
        Self::new(name, Kind::Union(members))
    }

    /// A stream of events, and the errors that may end it.
    pub const fn events(
        name: &'static str,
        events: &'static [Member],
        exceptions: &'static [&'static str],
    ) -> Self {
        Self::new(name, Kind::Events { events, exceptions })
    }

    /// Any JSON.
    pub const fn document(name: &'static str) -> Self {
        Self::new(name, Kind::Document)
    }

    /// A list whose elements are called `member`.
    pub const fn list(name: &'static str, element: &'static Self) -> Self {
        Self::new(name, Kind::List { element, name: "member", flattened: false })
    }

    /// A map whose entries have `key` and `value`.
    pub const fn map(name: &'static str, key: &'static Self, value: &'static Self) -> Self {
        Self::new(name, Kind::Map { key, value, names: ("key", "value"), flattened: false })
    }

    /// Text.
    pub const fn string(name: &'static str) -> Self {
        Self::new(name, Kind::String(&[]))
    }

    /// One of these texts.
    pub const fn enumeration(name: &'static str, values: &'static [&'static str]) -> Self {
        Self::new(name, Kind::String(values))
    }

    /// An enumeration of which the service itself says when a value is none of it.
    #[must_use]
    pub const fn unchecked(mut self) -> Self {
        self.kind = Kind::String(&[]);
        self
    }

    /// A whole number.
    pub const fn integer(name: &'static str) -> Self {
        Self::new(name, Kind::Integer)
    }

    /// A floating-point number.
    pub const fn float(name: &'static str) -> Self {
        Self::new(name, Kind::Float)
    }

    /// True or false.
    pub const fn boolean(name: &'static str) -> Self {
        Self::new(name, Kind::Boolean)
    }

    /// Bytes.
    pub const fn blob(name: &'static str) -> Self {
        Self::new(name, Kind::Blob)
    }

    /// A moment.
    pub const fn timestamp(name: &'static str) -> Self {
        Self::new(name, Kind::Timestamp(None))
    }

    /// The least length or value.
    #[must_use]
    pub const fn min(mut self, min: i64) -> Self {
        self.limits.min = Some(min);
        self
    }

    /// The greatest length or value.
    #[must_use]
    pub const fn max(mut self, max: i64) -> Self {
        self.limits.max = Some(max);
        self
    }

    /// The regular expression that the text must match.
    #[must_use]
    pub const fn pattern(mut self, pattern: &'static str) -> Self {
        self.limits.pattern = Some(pattern);
        self
    }

    /// The name of a list's elements.
    #[must_use]
    pub const fn element_name(mut self, called: &'static str) -> Self {
        if let Kind::List { element, flattened, .. } = self.kind {
            self.kind = Kind::List { element, name: called, flattened };
        }
        self
    }

    /// The names of a map's keys and values.
    #[must_use]
    pub const fn entry_names(mut self, of_key: &'static str, of_value: &'static str) -> Self {
        if let Kind::Map { key, value, flattened, .. } = self.kind {
            self.kind = Kind::Map { key, value, names: (of_key, of_value), flattened };
        }
        self
    }

    /// Elements or entries stand without a surrounding list or map.
    #[must_use]
    pub const fn flattened(mut self) -> Self {
        self.kind = match self.kind {
            Kind::List { element, name, .. } => Kind::List { element, name, flattened: true },
            Kind::Map { key, value, names, .. } => Kind::Map { key, value, names, flattened: true },
            other => other,
        };
        self
    }

    /// The format of a moment.
    #[must_use]
    pub const fn format(mut self, format: TimestampFormat) -> Self {
        self.kind = Kind::Timestamp(Some(format));
        self
    }

    /// The members, of a structure.
    pub const fn members(&self) -> &'static [Member] {
        match self.kind {
            Kind::Structure(members) => members,
            _ => &[],
        }
    }

    /// What there is one of: a union's members, a stream's events.
    pub const fn variants(&self) -> &'static [Member] {
        match self.kind {
            Kind::Union(members) | Kind::Events { events: members, .. } => members,
            _ => &[],
        }
    }

    /// The member that is a stream of events, if one is.
    pub fn events_member(&self) -> Option<(usize, &'static Member)> {
        let is_stream = |(_, member): &(usize, &Member)| matches!(member.schema.kind, Kind::Events { .. });
        self.members().iter().enumerate().find(is_stream)
    }

    /// The member that is the whole body, if one is.
    pub fn payload(&self) -> Option<(usize, &'static Member)> {
        self.members().iter().enumerate().find(|(_, member)| member.location == Location::Payload)
    }
}

impl Member {
    /// A member of the body's document, under its own name.
    pub const fn new(name: &'static str, schema: &'static Schema) -> Self {
        Self {
            name,
            schema,
            wire: name,
            location: Location::Body,
            required: false,
            flattened: false,
            streaming: false,
            attribute: false,
            namespace: None,
            format: None,
            idempotency: false,
            in_query: None,
        }
    }

    /// Its name in the query protocol.
    pub fn query_name(&self) -> &'static str {
        self.in_query.unwrap_or(self.wire)
    }

    const fn at(mut self, location: Location, wire: &'static str) -> Self {
        self.location = location;
        self.wire = wire;
        self
    }

    /// It must be there.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Another name on the wire.
    #[must_use]
    pub const fn wire(mut self, wire: &'static str) -> Self {
        self.wire = wire;
        self
    }

    /// It travels in that header.
    #[must_use]
    pub const fn header(self, name: &'static str) -> Self {
        self.at(Location::Header, name)
    }

    /// It travels in the headers with that prefix.
    #[must_use]
    pub const fn headers(self, prefix: &'static str) -> Self {
        self.at(Location::Headers, prefix)
    }

    /// It travels in that part of the path.
    #[must_use]
    pub const fn uri(self, label: &'static str) -> Self {
        self.at(Location::Uri, label)
    }

    /// It travels in that query parameter.
    #[must_use]
    pub const fn query(self, name: &'static str) -> Self {
        self.at(Location::Query, name)
    }

    /// It is the HTTP status.
    #[must_use]
    pub const fn status(mut self) -> Self {
        self.location = Location::Status;
        self
    }

    /// It travels in that header of an event's message.
    #[must_use]
    pub const fn event_header(mut self) -> Self {
        self.location = Location::EventHeader;
        self
    }

    /// It is the whole of an event's message.
    #[must_use]
    pub const fn event_payload(mut self) -> Self {
        self.location = Location::EventPayload;
        self
    }

    /// Another name in the query protocol.
    #[must_use]
    pub const fn in_query(mut self, name: &'static str) -> Self {
        self.in_query = Some(name);
        self
    }

    /// It makes a request that is sent again the same one.
    #[must_use]
    pub const fn idempotency(mut self) -> Self {
        self.idempotency = true;
        self
    }

    /// It is the body.
    #[must_use]
    pub const fn payload(mut self) -> Self {
        self.location = Location::Payload;
        self
    }

    /// Its elements stand without a surrounding list or map.
    #[must_use]
    pub const fn flattened(mut self) -> Self {
        self.flattened = true;
        self
    }

    /// It is a stream of bytes.
    #[must_use]
    pub const fn streaming(mut self) -> Self {
        self.streaming = true;
        self
    }

    /// It is an attribute of its parent's XML element.
    #[must_use]
    pub const fn attribute(mut self) -> Self {
        self.attribute = true;
        self
    }

    /// The XML namespace of its element; the prefix may be empty.
    #[must_use]
    pub const fn namespace(mut self, prefix: &'static str, uri: &'static str) -> Self {
        self.namespace = Some((prefix, uri));
        self
    }

    /// The format of a moment in this place.
    #[must_use]
    pub const fn format(mut self, format: TimestampFormat) -> Self {
        self.format = Some(format);
        self
    }
}
