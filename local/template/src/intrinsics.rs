//! The supported intrinsic functions, in their short and long forms.

/// An intrinsic function of CloudFormation.
///
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Intrinsic {
    Ref,
    Sub,
    GetAtt,
    If,
    Equals,
    Not,
    And,
    Or,
    Join,
    Select,
    Split,
    Condition,
    Contains,
    EachMemberEquals,
    EachMemberIn,
}

impl Intrinsic {
    const ALL: [Self; 15] = [
        Self::Ref,
        Self::Sub,
        Self::GetAtt,
        Self::If,
        Self::Equals,
        Self::Not,
        Self::And,
        Self::Or,
        Self::Join,
        Self::Select,
        Self::Split,
        Self::Condition,
        Self::Contains,
        Self::EachMemberEquals,
        Self::EachMemberIn,
    ];

    /// The name without `!` or `Fn::`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ref => "Ref",
            Self::Sub => "Sub",
            Self::GetAtt => "GetAtt",
            Self::If => "If",
            Self::Equals => "Equals",
            Self::Not => "Not",
            Self::And => "And",
            Self::Or => "Or",
            Self::Join => "Join",
            Self::Select => "Select",
            Self::Split => "Split",
            Self::Condition => "Condition",
            Self::Contains => "Contains",
            Self::EachMemberEquals => "EachMemberEquals",
            Self::EachMemberIn => "EachMemberIn",
        }
    }

    /// The function for a short tag, given without `!`: `Sub` for `!Sub`.
    pub(super) fn of_tag(suffix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|intrinsic| intrinsic.name() == suffix)
    }

    /// The function for a key of a long form: `Sub` for `Fn::Sub`.
    ///
    /// The key `Condition` is not one of them, because it is also an attribute of resources and policy statements. It
    /// is a function only inside the section `Conditions`.
    pub(super) fn of_key(key: &str) -> Option<Self> {
        match key.strip_prefix("Fn::") {
            Some(name) => Self::of_tag(name).filter(|found| !matches!(found, Self::Ref | Self::Condition)),
            None => (key == "Ref").then_some(Self::Ref),
        }
    }
}
