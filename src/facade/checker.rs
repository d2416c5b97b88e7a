//! Checks of a text, and its repair.

use super::{Airflow, Error, Format, Rule};
use crate::airflow::runtime::Runtime;
use crate::check::fix::{Setting, fix};
use crate::check::{Checked, Level, Providers, Safety, check_with};
use crate::report::{self, FileReport, Located};
use crate::source::Source;

/// Checks connections as one or more Airflows read them, with the provider packages that
/// were the newest when each came out.
///
/// ```
/// use airconn::{Checker, Level};
///
/// let checker = Checker::new().airflow("3.3")?;
/// let text = "AIRFLOW_CONN_DWH=redshift://etl:p@dwh.example.com:54x9/dev\n";
/// let report = checker.check_str(".env", text)?;
/// let finding = report.findings().next().expect("the port is not a number");
/// assert_eq!((finding.level(), finding.line()), (Level::Error, 1));
/// assert_eq!(finding.rule().id(), "AC102");
/// # Ok::<(), airconn::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Checker {
    runtimes: Vec<Runtime>,
    format: Option<Format>,
}

impl Checker {
    /// For the newest Airflow, its server and its worker.
    pub fn new() -> Checker {
        Checker::default()
    }

    /// Also for this version, server and worker; the newest is left out once one is named.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownVersion`].
    pub fn airflow(mut self, version: &str) -> Result<Checker, Error> {
        let airflow: Airflow = version.parse()?;
        self.aim(airflow.sides());
        Ok(self)
    }

    /// Also for exactly this Airflow and side.
    pub fn runtime(mut self, airflow: &Airflow) -> Checker {
        self.aim(vec![airflow.0.clone()]);
        self
    }

    /// Takes every text for this format, whatever it looks like.
    pub fn format(mut self, format: Format) -> Checker {
        self.format = Some(format);
        self
    }

    fn aim(&mut self, runtimes: Vec<Runtime>) {
        for runtime in runtimes {
            if !self.runtimes.contains(&runtime) {
                self.runtimes.push(runtime);
            }
        }
    }

    fn runtimes(&self) -> Vec<Runtime> {
        if self.runtimes.is_empty() { Airflow::newest().sides() } else { self.runtimes.clone() }
    }

    fn format_of(&self, name: &str, text: &str) -> Result<Format, Error> {
        let format = self.format.or_else(|| Format::detect(name, text));
        let format = format.ok_or(Error::UnrecognisedFormat)?;
        if format.is_read() { Ok(format) } else { Err(Error::WrongDirection(format.name())) }
    }

    /// Checks a text. Its name tells the format, where the content does not, and stands in reports.
    ///
    /// # Errors
    ///
    /// [`Error::UnrecognisedFormat`] and [`Error::WrongDirection`]. What is wrong with the text is
    /// a finding.
    pub fn check_str(&self, name: &str, text: &str) -> Result<Report, Error> {
        let format = self.format_of(name, text)?;
        let (source, runtimes) = (Source::new(name, text), self.runtimes());
        let checked = check_with(&source, 0, format.0, &runtimes, &Providers::of_their_day());
        Ok(Report::new(&source, format, &runtimes, checked))
    }

    /// Repairs a text, as far as `allow` goes. Safe repairs change nothing for a connection that
    /// works.
    ///
    /// ```
    /// use airconn::{Checker, Safety};
    ///
    /// let text = r#"{"dwh": {"conn_type": "redshift", "host": "h.example.com", "port": "5439"}}"#;
    /// let repaired = Checker::new().fix_str("connections.json", text, Safety::Safe)?;
    /// assert!(repaired.text().contains(r#""port": 5439"#));
    /// # Ok::<(), airconn::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`check_str`](Checker::check_str).
    pub fn fix_str(&self, name: &str, text: &str, allow: Safety) -> Result<Repaired, Error> {
        let format = self.format_of(name, text)?;
        let (source, runtimes) = (Source::new(name, text), self.runtimes());
        let providers = Providers::of_their_day();
        let setting =
            Setting { skip: 0, format: format.0, runtimes: &runtimes, providers: &providers };
        let fixed = fix(&source, setting, allow, &|_| true);
        let after = Source::new(name, fixed.text.as_str());
        Ok(Repaired {
            repairs: fixed.applied.len(),
            report: Report::new(&after, format, &runtimes, fixed.checked),
            text: fixed.text,
        })
    }
}

/// What was found in a text. Nothing in it is secret.
pub struct Report(report::Report);

impl Report {
    fn new(source: &Source, format: Format, runtimes: &[Runtime], checked: Checked) -> Report {
        let file = FileReport::new(source, source.name().to_string(), format.name(), checked);
        let names = runtimes.iter().map(Runtime::name).collect();
        Report(report::Report::new(vec![file], names))
    }

    /// The findings, in the order of places.
    pub fn findings(&self) -> impl Iterator<Item = Finding<'_>> {
        self.0.findings().map(|(_, located)| Finding(located))
    }

    /// How many connections were looked at.
    pub fn connections(&self) -> usize {
        self.0.connections()
    }

    /// The worst level of its findings; `None` if there are none.
    pub fn worst(&self) -> Option<Level> {
        self.0.worst()
    }

    /// The names of the forms of [`render`](Report::render): `human`, `json`, `sarif` …
    pub fn forms() -> impl Iterator<Item = &'static str> {
        report::RENDERERS.iter().map(|renderer| renderer.name)
    }

    /// The report as the command line prints it in this form; `None` if there is no such form. The
    /// forms for people have colours as ANSI escape sequences.
    pub fn render(&self, form: &str) -> Option<String> {
        report::by_name(form).map(|renderer| (renderer.render)(&self.0))
    }
}

/// One thing that was found.
#[derive(Clone, Copy)]
pub struct Finding<'r>(&'r Located);

impl<'r> Finding<'r> {
    /// Its rule.
    pub fn rule(&self) -> Rule {
        Rule::of_finding(self.0.finding.rule)
    }

    /// How bad it is.
    pub fn level(&self) -> Level {
        self.0.finding.level
    }

    /// What is wrong.
    pub fn message(&self) -> &'r str {
        &self.0.finding.message
    }

    /// The way out, if there is one to tell.
    pub fn help(&self) -> Option<&'r str> {
        self.0.finding.help.as_deref()
    }

    /// The id of its connection, if it has one that may be shown.
    pub fn conn_id(&self) -> Option<&'r str> {
        self.0.finding.conn_id.as_deref()
    }

    /// The JSON pointer of its place in the connection; `""` is the whole.
    pub fn pointer(&self) -> &'r str {
        &self.0.finding.pointer
    }

    /// The line where it begins, from 1; 1 for what is about the whole text.
    pub fn line(&self) -> u32 {
        self.0.place.map_or(1, |(start, _)| start.line)
    }

    /// The column where it begins, from 1, in Unicode scalar values.
    pub fn column(&self) -> u32 {
        self.0.place.map_or(1, |(start, _)| start.column)
    }

    /// The bytes of the text that it is about; `None` for the whole.
    pub fn span(&self) -> Option<std::ops::Range<usize>> {
        self.0.finding.span.map(|span| span.range())
    }

    /// The runtimes for which it holds, such as `3.3.2/server`.
    pub fn runtimes(&self) -> impl Iterator<Item = &'r str> {
        self.0.finding.runtimes.iter().map(String::as_str)
    }

    /// How sure its repair is; `None` if there is none.
    pub fn repair(&self) -> Option<Safety> {
        self.0.finding.fix.as_ref().map(|fix| fix.safety)
    }
}

/// What a text became.
pub struct Repaired {
    text: String,
    repairs: usize,
    report: Report,
}

impl Repaired {
    /// The whole text afterwards. It holds the secrets that the text held before.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many findings were repaired.
    pub fn repairs(&self) -> usize {
        self.repairs
    }

    /// What is left.
    pub fn report(&self) -> &Report {
        &self.report
    }
}
