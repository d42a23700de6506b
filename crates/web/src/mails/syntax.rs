//! Allowed template syntax: fields, a few filters, and `if` with comparisons.
//!
//! The template language can do far more than a mail needs: it can multiply texts, walk lists, nest and call, and sixty
//! bytes of that can stall a server. So only a list of constructs is allowed. Templates are checked first by their
//! tokens (so that the parser never meets nesting deeper than its stack), then by their syntax tree.

use minijinja::machinery::ast::{BinOpKind, CallArg, Expr, IfCond, Stmt, UnaryOpKind};
use minijinja::machinery::{Span, Token, parse, tokenize};
use minijinja::syntax::SyntaxConfig;

use super::fill::told;

/// Maximum number of tokens between `{{` and `}}`, or `{%` and `%}`. Bounds the nesting of an expression.
const MAX_TAG_TOKENS: usize = 64;
/// Maximum number of `if` and `elif` that are open at one place.
const MAX_OPEN_BRANCHES: usize = 32;
/// Maximum number of tags in a template.
const MAX_TAGS: usize = 2_000;

const STATEMENTS: [&str; 4] = ["if", "elif", "else", "endif"];
/// Allowed filters. None enlarges a text to more than a few times its length, and none walks two values at once.
const FILTERS: [&str; 16] = [
    "capitalize",
    "count",
    "d",
    "default",
    "e",
    "escape",
    "first",
    "last",
    "length",
    "lower",
    "safe",
    "title",
    "tojson",
    "trim",
    "upper",
    "urlencode",
];
const TESTS: [&str; 9] =
    ["boolean", "defined", "false", "mapping", "none", "number", "sequence", "string", "undefined"];

/// Refuses a template that uses anything else. The error is the end of a sentence that begins with the field's name.
pub(super) fn check_syntax(text: &str) -> Result<(), String> {
    check_tokens(text)?;
    let template = parse(text, "", SyntaxConfig::default()).map_err(|error| told(&error))?;
    check_statement(&template)
}

/// Counts tokens and open branches, and refuses other statements, before the recursive parser runs.
fn check_tokens(text: &str) -> Result<(), String> {
    let mut branches = Branches::default();
    let (mut tags, mut in_tag, mut opens_block) = (0, 0, false);
    for token in tokenize(text, false, SyntaxConfig::default()) {
        let (token, span) = token.map_err(|error| told(&error))?;
        in_tag += 1;
        match token {
            Token::TemplateData(_) => continue,
            Token::VariableStart | Token::BlockStart => {
                (tags, in_tag) = (tags + 1, 0);
                opens_block = matches!(token, Token::BlockStart);
                continue;
            }
            Token::Ident(name) if opens_block => {
                if !STATEMENTS.contains(&name) {
                    let rule = format!("uses {{% {name} %}}");
                    return Err(refusal(&rule, span, "besides fields, only if, elif, else and endif may be used"));
                }
                branches.count(name);
            }
            _ => {}
        }
        opens_block = false;
        if in_tag > MAX_TAG_TOKENS {
            return Err(refusal("has an expression that is too long", span, "use several shorter ones"));
        }
        if branches.open > MAX_OPEN_BRANCHES {
            return Err(refusal("nests if and elif too deeply", span, "at most 32 may be open at one place"));
        }
        if tags > MAX_TAGS {
            return Err(format!("has too many fields and conditions (at most {MAX_TAGS})"));
        }
    }
    Ok(())
}

/// Branches that are open at the current token: an `elif` nests in the branch before it until the `endif`.
#[derive(Default)]
struct Branches {
    open: usize,
    chains: Vec<usize>,
}

impl Branches {
    fn count(&mut self, statement: &str) {
        match statement {
            "if" => {
                self.chains.push(1);
                self.open += 1;
            }
            "elif" => {
                self.open += 1;
                if let Some(chain) = self.chains.last_mut() {
                    *chain += 1;
                }
            }
            "endif" => self.open = self.open.saturating_sub(self.chains.pop().unwrap_or(0)),
            _ => {}
        }
    }
}

fn check_statements(statements: &[Stmt<'_>]) -> Result<(), String> {
    statements.iter().try_for_each(check_statement)
}

fn check_statement(statement: &Stmt<'_>) -> Result<(), String> {
    match statement {
        Stmt::Template(template) => check_statements(&template.children),
        Stmt::EmitRaw(_) => Ok(()),
        Stmt::EmitExpr(emit) => check_expression(&emit.expr),
        Stmt::IfCond(condition) => {
            let IfCond { expr, true_body, false_body } = &**condition;
            check_expression(expr)?;
            check_statements(true_body)?;
            check_statements(false_body)
        }
        _ => Err("uses a statement that templates may not have".to_owned()),
    }
}

fn check_expression(expression: &Expr<'_>) -> Result<(), String> {
    match expression {
        Expr::Var(_) | Expr::Const(_) => Ok(()),
        Expr::GetAttr(get) => check_expression(&get.expr),
        Expr::GetItem(get) => {
            check_expression(&get.expr)?;
            check_expression(&get.subscript_expr)
        }
        Expr::UnaryOp(unary) if matches!(unary.op, UnaryOpKind::Not) => check_expression(&unary.expr),
        Expr::BinOp(binary) if compares(binary.op) => {
            check_expression(&binary.left)?;
            check_expression(&binary.right)
        }
        Expr::Compare(compare) => {
            check_expression(&compare.expr)?;
            compare.ops.iter().try_for_each(|op| check_expression(&op.expr))
        }
        Expr::IfExpr(either) => {
            check_expression(&either.test_expr)?;
            check_expression(&either.true_expr)?;
            either.false_expr.as_ref().map_or(Ok(()), check_expression)
        }
        Expr::Filter(filter) => {
            check_name("filter", filter.name, &FILTERS, filter.span())?;
            filter.expr.as_ref().map_or(Ok(()), check_expression)?;
            filter.args.iter().try_for_each(|argument| check_argument(argument, filter.span()))
        }
        Expr::Test(test) if test.args.is_empty() => {
            check_name("test", test.name, &TESTS, test.span())?;
            check_expression(&test.expr)
        }
        // The right side of `in`: `custom.plan in ["pro", "team"]`.
        Expr::List(list) => list.items.iter().try_for_each(check_item),
        Expr::Tuple(tuple) => tuple.items.iter().try_for_each(check_item),
        other => Err(not_allowed(other.span())),
    }
}

fn check_item(item: &Expr<'_>) -> Result<(), String> {
    if matches!(item, Expr::Const(_)) { Ok(()) } else { Err(not_allowed(item.span())) }
}

fn check_argument(argument: &CallArg<'_>, span: Span) -> Result<(), String> {
    match argument {
        CallArg::Pos(value) => check_expression(value),
        _ => Err(not_allowed(span)),
    }
}

fn check_name(kind: &str, name: &str, known: &[&str], span: Span) -> Result<(), String> {
    if known.contains(&name) {
        return Ok(());
    }
    Err(refusal(&format!("uses the {kind} {name}"), span, &format!("only {} may be used", known.join(", "))))
}

/// Returns whether an operator only compares or combines conditions, and so creates no new value.
fn compares(operator: BinOpKind) -> bool {
    use BinOpKind::{Eq, Gt, Gte, In, Lt, Lte, Ne, ScAnd, ScOr};
    matches!(operator, Eq | Ne | Lt | Lte | Gt | Gte | ScAnd | ScOr | In)
}

fn not_allowed(span: Span) -> String {
    refusal("calculates, slices or calls", span, "only comparisons, and, or, not, in and filters may be used")
}

fn refusal(what: &str, span: Span, rule: &str) -> String {
    format!("{what} (line {}): {rule}", span.start_line)
}
