//! Where a bucket is reached: origin, path and region. The only place that knows AWS's host names.
use crate::sigv4::encode_path;
use url::Url;

/// Where the bucket's name stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `https://host/bucket/key`.
    Path,
    /// `https://bucket.host/key`.
    Virtual,
}

impl Style {
    /// As it stands in a storage URL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Virtual => "virtual",
        }
    }
}

/// A bucket's place in the world.
#[derive(Clone, Debug)]
pub struct Endpoint {
    bucket: String,
    region: String,
    /// Scheme and authority as clients write it in `Host`: no default port.
    origin: String,
    style: Style,
    aws: bool,
}

impl Endpoint {
    /// A service that is named by its address, which has a host.
    pub fn new(service: &Url, bucket: &str, region: &str, style: Style) -> Self {
        let host = service.host_str().unwrap_or_default();
        let host = match style {
            Style::Path => host.to_owned(),
            Style::Virtual => format!("{bucket}.{host}"),
        };
        let port = service.port().map(|port| format!(":{port}")).unwrap_or_default();
        Self {
            bucket: bucket.to_owned(),
            region: region.to_owned(),
            origin: format!("{}://{host}{port}", service.scheme()),
            style,
            aws: service
                .host_str()
                .is_some_and(|host| host.ends_with(".amazonaws.com")),
        }
    }

    /// The service of AWS in a region; `None` when the region makes no host name.
    pub fn aws(bucket: &str, region: &str, style: Style) -> Option<Self> {
        let service = Url::parse(&format!("https://s3.{region}.{}", aws_domain(region))).ok()?;
        Some(Self {
            aws: true,
            ..Self::new(&service, bucket, region, style)
        })
    }

    /// The endpoint of this program, which is reached by whatever name its callers use.
    pub fn embedded(bucket: &str, region: &str) -> Self {
        Self {
            bucket: bucket.to_owned(),
            region: region.to_owned(),
            origin: "http://embedded.invalid".to_owned(),
            style: Style::Path,
            aws: false,
        }
    }

    /// Scheme and authority.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What signatures name.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The bucket.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Whether it is AWS itself.
    pub fn is_aws(&self) -> bool {
        self.aws
    }

    /// The path of an object, or of the bucket where the key is empty; percent-encoded.
    pub fn path(&self, key: &str) -> String {
        let key = encode_path(key);
        match self.style {
            Style::Path => format!("/{}/{key}", self.bucket),
            Style::Virtual => format!("/{key}"),
        }
    }
}

/// Where a region's services live.
pub fn aws_domain(region: &str) -> &'static str {
    if region.starts_with("cn-") {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    }
}
