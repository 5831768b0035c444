//! AWS's partitions and regions, and the realm that an account and a region make. Not what is kept in one.

use serde::{Deserialize, Serialize};

use crate::ids::{AccountId, Region};

/// A part of AWS with accounts, regions and names of its own.
#[derive(Debug, PartialEq, Eq)]
pub struct Partition {
    /// `aws`, `aws-cn`, …, as it stands in ARNs.
    pub id: &'static str,
    /// The domain of its addresses, `AWS::URLSuffix` in templates.
    pub domain: &'static str,
    /// Where its global services are.
    pub home: &'static str,
    regions: &'static [&'static str],
}

/// The partition of a region that is none of AWS's, too.
const COMMERCIAL: &Partition = &Partition {
    id: "aws",
    domain: "amazonaws.com",
    home: "us-east-1",
    regions: &[
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-central-1",
        "ca-west-1",
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "me-west-1",
        "mx-central-1",
        "sa-east-1",
        "sa-west-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    ],
};

// AWS: "AWS Regions" and the partitions of its clients. Those of its secret regions are nobody's to name here.
const PARTITIONS: &[&Partition] = &[
    COMMERCIAL,
    &Partition {
        id: "aws-cn",
        domain: "amazonaws.com.cn",
        home: "cn-north-1",
        regions: &["cn-north-1", "cn-northwest-1"],
    },
    &Partition {
        id: "aws-us-gov",
        domain: "amazonaws.com",
        home: "us-gov-west-1",
        regions: &["us-gov-east-1", "us-gov-west-1"],
    },
    &Partition {
        id: "aws-eusc",
        domain: "amazonaws.eu",
        home: "eusc-de-east-1",
        regions: &["eusc-de-east-1"],
    },
];

impl Partition {
    /// The partition of that name.
    pub fn named(id: &str) -> Option<&'static Self> {
        PARTITIONS.iter().find(|partition| partition.id == id).copied()
    }

    /// Where its global services are.
    pub fn home(&self) -> Region {
        Region::new(self.home)
    }
}

impl Region {
    /// Whether AWS has a region of that name.
    pub fn is_known(&self) -> bool {
        PARTITIONS.iter().any(|partition| partition.regions.contains(&self.as_str()))
    }

    /// The partition that it belongs to; `aws` for a name of nobody's.
    pub fn partition(&self) -> &'static Partition {
        let has_it = |partition: &&&Partition| partition.regions.contains(&self.as_str());
        PARTITIONS.iter().find(has_it).copied().unwrap_or(COMMERCIAL)
    }
}

impl AccountId {
    /// Whether a text is an account's id: twelve digits.
    pub fn is_one(text: &str) -> bool {
        text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
    }
}

/// An account in a region: what regional state belongs to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Realm {
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
}

impl Realm {
    /// Of an account, a region.
    pub fn new(account: AccountId, region: Region) -> Self {
        Self { account, region }
    }
}

impl std::fmt::Display for Realm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} in {}", self.account, self.region)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_have_the_partition_that_aws_gives_them() {
        let check = |region: &str, known: bool, partition: &str| {
            let region = Region::new(region);
            assert_eq!((region.is_known(), region.partition().id), (known, partition), "{region}");
        };
        check("us-east-1", true, "aws");
        check("eu-west-1", true, "aws");
        check("cn-northwest-1", true, "aws-cn");
        check("us-gov-east-1", true, "aws-us-gov");
        check("eusc-de-east-1", true, "aws-eusc");
        check("eu-east-1", false, "aws");
        check("aws-global", false, "aws");
        check("", false, "aws");
        for partition in PARTITIONS {
            assert!(partition.regions.contains(&partition.home), "{}", partition.id);
            assert_eq!(Partition::named(partition.id), Some(*partition));
        }
    }

    #[test]
    fn accounts_are_twelve_digits() {
        assert!(AccountId::is_one("000000000000"));
        for other in ["", "12345678901", "1234567890123", "12345678901a", "١٢٣٤٥٦٧٨٩٠١٢"] {
            assert!(!AccountId::is_one(other), "{other}");
        }
    }
}
