//! What goes wrong when a connection is read: who says so, and the kind of fault. Which rule
//! reports a kind is decided in `check`.

use crate::guard::Mistake;
use crate::source::Span;

/// Why a text, or a connection in it, is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// Who does not take it.
    pub by: By,
    /// The kind of fault.
    pub fault: Fault,
    /// What is wrong. Never quotes the input.
    pub message: String,
    /// Where, if the text was traced.
    pub span: Option<Span>,
}

/// Who does not take what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Airflow, with an exception of this type, such as `ValueError`.
    Airflow(&'static str),
    /// What holds the connection.
    Wrapper(Refusal),
    /// airconn.
    Airconn(Own),
}

/// How a wrapper refuses what it holds, or leaves open what Airflow gets from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its reader does not understand it.
    Unparsable,
    /// What is filled in for a template is not known here.
    Unexpanded,
    /// Compose refuses what stands behind a `$`.
    Interpolation,
    /// The API server of Kubernetes refuses the object.
    BadRequest,
    /// Airflow's API refuses the body, with status 422.
    Unprocessable,
    /// Its tool passes the connection over.
    Skipped,
    /// Its payload is not what the reader decodes.
    Payload,
}

/// What airconn itself does not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Own {
    /// It only writes this.
    Unread,
    /// It made a mistake.
    Mistake,
}

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// What is read is not of its language.
    Syntax(Language),
    /// Bytes or escapes that make no text.
    Encoding,
    /// It is read, and is not what is expected there: an object, a list of connections.
    Shape,
    /// Files of this name, or texts of this format, are not read at all.
    Unread,
    /// A URI is refused for this part of it.
    Uri(UriPart),
    /// Connections that stand in the shape, or fields that have the names, of another tool.
    Form,
    /// The fields of a connection are refused.
    Fields(FieldsFault),
    /// A value that is empty, or has no scheme.
    Blank,
    /// The extra of a connection is refused.
    Extra(ExtraFault),
    /// A second connection of one id.
    RepeatedId,
    /// The id is missing, or is not text.
    Id,
    /// No type of connection is given.
    NoType,
    /// A display for people does not hold what it shows.
    Display,
    /// A `$` that Compose takes for the start of a variable.
    Dollar,
    /// A value in base64 too often, not at all, or with a line end.
    Base64,
    /// What astro does not do with a connection of its settings.
    AstroSettings,
    /// Words that the backend of AWS Secrets Manager does not know.
    SecretWords,
    /// A name or an argument that a secrets backend does not get.
    Backend,
    /// A template that is filled in later.
    Template,
    /// The value of the connection stands somewhere else, such as in a Secret.
    Elsewhere,
    /// A template in the userinfo of a URI, which nothing encodes.
    TemplateInUserinfo,
    /// Variables that stand in another file.
    OtherFile,
    /// Services that run tasks do not get it.
    WebserverOnly,
    /// A line that those who read such files read differently.
    Readers,
    /// What the query of a URI holds, and something else takes the place of.
    Replaced,
    /// airconn's own mistake.
    Own,
}

/// The language of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// HCL.
    Hcl,
    /// TOML.
    Toml,
    /// Lines `NAME=value`.
    Variables,
    /// Words as a shell quotes them.
    Words,
    /// The build file of an image.
    Dockerfile,
    /// A table that Airflow prints.
    Table,
}

/// A part of a URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UriPart {
    /// All of it: this Airflow reads no URIs.
    Whole,
    /// `://`, and what stands around it.
    Separators,
    /// What stands ahead of the first `/`, `?` or `#`.
    Authority,
    /// The port.
    Port,
    /// A value of the query.
    Query,
}

/// Why fields are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldsFault {
    /// The text is not JSON.
    Syntax,
    /// They are not an object.
    Shape,
    /// This is not a field.
    Unknown,
    /// Two fields exclude each other.
    Conflict,
    /// A value is not of the type of its field.
    Type,
    /// This Airflow does not read them.
    Unread,
    /// An argument of a command that its parser refuses.
    Argument,
}

/// Why an extra is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExtraFault {
    /// It is not JSON.
    Syntax,
    /// It is JSON, but not an object.
    Shape,
    /// It is not of a type that is taken.
    Type,
}

impl Raised {
    /// Without a place.
    pub fn new(by: impl Into<By>, fault: Fault, message: impl Into<String>) -> Raised {
        Raised { by: by.into(), fault, message: message.into(), span: None }
    }

    /// What stands in the place of an exception where airconn itself failed.
    pub fn mistake(mistake: Mistake) -> Raised {
        Raised::new(Own::Mistake, Fault::Own, mistake.message())
    }

    /// A ValueError of Airflow.
    pub fn value_error(fault: Fault, message: impl Into<String>) -> Raised {
        Raised::new("ValueError", fault, message)
    }

    /// At this place, unless it already has one.
    pub fn at(mut self, span: Option<Span>) -> Raised {
        self.span = self.span.or(span);
        self
    }

    /// The name of Airflow's exception type; for others, a word for what they do.
    pub fn exception(&self) -> &'static str {
        match self.by {
            By::Airflow(exception) => exception,
            By::Wrapper(Refusal::Unparsable) => "ParseError",
            By::Wrapper(Refusal::Unexpanded) => "Unexpanded",
            By::Wrapper(Refusal::Interpolation) => "InvalidInterpolation",
            By::Wrapper(Refusal::BadRequest) => "BadRequest",
            By::Wrapper(Refusal::Unprocessable) => "422",
            By::Wrapper(Refusal::Skipped) => "Skipped",
            By::Wrapper(Refusal::Payload) => "Error",
            By::Airconn(Own::Unread) => "NotImplementedError",
            By::Airconn(Own::Mistake) => "InternalError",
        }
    }
}

/// The type of an exception.
impl From<&'static str> for By {
    fn from(exception: &'static str) -> By {
        By::Airflow(exception)
    }
}

impl From<Refusal> for By {
    fn from(refusal: Refusal) -> By {
        By::Wrapper(refusal)
    }
}

impl From<Own> for By {
    fn from(own: Own) -> By {
        By::Airconn(own)
    }
}
