//! What languages look like to the scanner: how comments and texts begin and end, and which words are
//! theirs. Languages that are written alike share an entry.
use super::Ink;

/// How a text begins and ends.
pub(super) enum Quote {
    /// With this sign, on its line.
    Line(char),
    /// From the one to the other, over lines.
    Lines(&'static str, &'static str),
    /// One character between apostrophes.
    Character,
    /// Rust's texts without escapes.
    Raw,
}

/// What one language, or several alike, look like.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each answers a question of its own about a language"
)]
pub(super) struct Grammar {
    /// Lists of words are parted by spaces. Their names and their files' endings, in small letters.
    pub(super) names: &'static str,
    /// What begins a comment to the line's end.
    pub(super) lines: &'static [&'static str],
    /// Whether it only does so behind white space.
    pub(super) comments_stand_apart: bool,
    /// What begins and what ends a comment.
    pub(super) blocks: &'static [(&'static str, &'static str)],
    /// Whether there are comments in comments.
    pub(super) blocks_nest: bool,
    /// The first that fits counts.
    pub(super) quotes: &'static [Quote],
    /// Letters right before a text that belong to it.
    pub(super) prefixes: &'static str,
    pub(super) keywords: &'static str,
    /// Names that come with the language.
    pub(super) types: &'static str,
    /// Of keywords.
    pub(super) ignores_case: bool,
    /// Signs of words beside letters, digits and `_`.
    pub(super) also_in_words: &'static str,
    /// Signs that make something of the word behind them.
    pub(super) marks: &'static [(char, Ink)],
    /// Whether `f(` is a call of `f`.
    pub(super) names_calls: bool,
    /// What stands between a name and its value.
    pub(super) keys_end_with: Option<char>,
    /// Whether it is elements and attributes, and nothing of the above counts.
    pub(super) is_markup: bool,
}

const NOTHING: Grammar = Grammar {
    names: "",
    lines: &[],
    comments_stand_apart: false,
    blocks: &[],
    blocks_nest: false,
    quotes: &[],
    prefixes: "",
    keywords: "",
    types: "",
    ignores_case: false,
    also_in_words: "",
    marks: &[],
    names_calls: false,
    keys_end_with: None,
    is_markup: false,
};

/// All that are known.
pub(super) static ALL: [Grammar; 35] = [
    Grammar {
        names: "python py python3 py3 ipython ipython3 pyw sage",
        lines: &["#"],
        quotes: &[
            Quote::Lines("\"\"\"", "\"\"\""),
            Quote::Lines("'''", "'''"),
            Quote::Line('"'),
            Quote::Line('\''),
        ],
        prefixes: "f r b u F R B U rb br Rb Br rB bR fr rf Fr Rf",
        keywords: "False None True and as assert async await break class continue def del elif else except \
                   finally for from global if import in is lambda match case nonlocal not or pass raise return \
                   try while with yield self",
        marks: &[('@', Ink::Name)],
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "javascript js jsx mjs cjs node typescript ts tsx",
        lines: &["//"],
        blocks: &[("/*", "*/")],
        quotes: &[Quote::Lines("`", "`"), Quote::Line('"'), Quote::Line('\'')],
        keywords: "abstract any as async await boolean break case catch class const constructor continue \
                   debugger default delete do else enum export extends false finally for from function get if \
                   implements import in instanceof interface keyof let module namespace never new null number \
                   of private protected public readonly return set static string super switch this throw true \
                   try type typeof undefined unknown var void while with yield",
        also_in_words: "$",
        marks: &[('@', Ink::Name)],
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "java groovy gradle kotlin kt kts scala dart",
        lines: &["//"],
        blocks: &[("/*", "*/")],
        quotes: &[
            Quote::Lines("\"\"\"", "\"\"\""),
            Quote::Line('"'),
            Quote::Line('\''),
        ],
        keywords: "abstract as assert async await boolean break byte case catch char class companion const \
                   continue data def default do double else enum extends extension false final finally float \
                   for fun given if implements implicit import in init instanceof int interface internal is \
                   late lateinit lazy library long match mixin native new null object open operator override \
                   package part private protected public record required return sealed set short static String \
                   super suspend switch synchronized this throw throws trait true try type typealias val var \
                   void volatile when where while with yield",
        marks: &[('@', Ink::Name)],
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "c h objc objective-c v d",
        lines: &["//"],
        blocks: &[("/*", "*/")],
        quotes: &[Quote::Line('"'), Quote::Character],
        keywords: "if else for while do switch case default break continue return goto struct union enum \
                   typedef sizeof static extern const volatile inline register void int char short long float \
                   double signed unsigned bool true false NULL",
        marks: &[('#', Ink::Keyword), ('@', Ink::Keyword)],
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "cpp c++ cc cxx hpp hxx hh cuda cu arduino ino",
        lines: &["//"],
        blocks: &[("/*", "*/")],
        quotes: &[Quote::Line('"'), Quote::Character],
        keywords: "if else for while do switch case default break continue return goto struct union enum \
                   typedef sizeof static extern const volatile inline register void int char short long float \
                   double signed unsigned bool true false NULL class public private protected virtual override \
                   final template typename namespace using new delete this try catch throw auto constexpr \
                   nullptr operator friend explicit mutable static_cast dynamic_cast noexcept decltype concept \
                   requires co_await co_return co_yield string",
        marks: &[('#', Ink::Keyword)],
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "csharp cs c# fsharp fs f#",
        lines: &["//"],
        blocks: &[("/*", "*/"), ("(*", "*)")],
        quotes: &[
            Quote::Lines("\"\"\"", "\"\"\""),
            Quote::Line('"'),
            Quote::Character,
        ],
        keywords: "abstract and as async await base bool break byte case catch char checked class const \
                   continue decimal default delegate do done double elif else enum event explicit extern false \
                   finally fixed float for foreach fun function get goto if implicit in init inherit int \
                   interface internal is let lock long match member module mutable namespace new null object of \
                   open operator or out override params partial private protected public readonly rec record \
                   ref return sbyte sealed set short sizeof static string struct switch then this throw true \
                   try type typeof uint ulong unchecked unsafe use using val var virtual void when where while \
                   with yield",
        marks: &[('#', Ink::Keyword)],
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "go golang",
        lines: &["//"],
        blocks: &[("/*", "*/")],
        quotes: &[Quote::Lines("`", "`"), Quote::Line('"'), Quote::Character],
        keywords: "break case chan const continue default defer else fallthrough for func go goto if import \
                   interface map package range return select struct switch type var true false nil iota",
        types: "bool byte error float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 \
                   uint32 uint64 any",
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "rust rs",
        lines: &["//"],
        blocks: &[("/*", "*/")],
        blocks_nest: true,
        quotes: &[Quote::Raw, Quote::Lines("\"", "\""), Quote::Character],
        prefixes: "b c",
        keywords: "as async await break const continue crate dyn else enum extern false fn for if impl in let \
                   loop match mod move mut pub ref return self Self static struct super trait true type unsafe \
                   use where while",
        types: "bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize String Vec Option \
                   Result Box",
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "swift",
        lines: &["//"],
        blocks: &[("/*", "*/")],
        blocks_nest: true,
        quotes: &[Quote::Lines("\"\"\"", "\"\"\""), Quote::Line('"')],
        keywords: "actor as associatedtype async await break case catch class continue default defer deinit do \
                   else enum extension fallthrough false fileprivate final for func get guard if import in init \
                   inout internal is lazy let mutating nil open operator override private protocol public \
                   repeat rethrows return self Self set some static struct subscript super switch throw throws \
                   true try typealias unowned var weak where while",
        types: "Int Double Float Bool String Character Array Dictionary Set Optional",
        marks: &[('@', Ink::Name), ('#', Ink::Keyword)],
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "ruby rb elixir ex exs crystal",
        lines: &["#"],
        comments_stand_apart: true,
        quotes: &[Quote::Lines("\"", "\""), Quote::Line('\'')],
        keywords: "alias and begin break case class cond def defmodule defp do else elsif end ensure false fn \
                   for if import in module next nil not or private protected public raise redo require rescue \
                   retry return self super then true undef unless until use when while yield attr_accessor \
                   attr_reader puts",
        also_in_words: "?!",
        marks: &[('@', Ink::Name), ('$', Ink::Name)],
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "php",
        lines: &["//", "#"],
        blocks: &[("/*", "*/")],
        quotes: &[Quote::Line('"'), Quote::Line('\'')],
        keywords: "abstract and array as break case catch class clone const continue declare default do echo \
                   else elseif empty enum extends false final finally fn for foreach function global if \
                   implements include include_once instanceof interface isset list match namespace new null or \
                   print private protected public readonly require require_once return static switch throw \
                   trait true try unset use var while xor yield int float string bool void",
        marks: &[('$', Ink::Name)],
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "perl pl pm awk",
        lines: &["#"],
        comments_stand_apart: true,
        quotes: &[Quote::Line('"'), Quote::Line('\'')],
        keywords: "BEGIN END and chomp cmp close default defined delete die do each else elsif eq eval exists \
                   for foreach function ge getline given grep gt if join keys last le local lt map my ne next \
                   no open or our package pop print printf push require return say scalar shift sort split sub \
                   undef unless unshift until use values wantarray warn when while xor",
        marks: &[('$', Ink::Name), ('@', Ink::Name)],
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "sh bash zsh ksh shell console shellscript shell-session fish dockerfile docker",
        lines: &["#"],
        comments_stand_apart: true,
        quotes: &[Quote::Lines("\"", "\""), Quote::Line('\'')],
        keywords: "if then else elif fi for in do done while until case esac function select time return exit \
                   break continue local export readonly declare set unset shift trap source alias echo cd test \
                   read printf eval exec sudo FROM RUN COPY ADD CMD ENTRYPOINT ENV ARG WORKDIR EXPOSE VOLUME \
                   USER LABEL",
        also_in_words: "-",
        marks: &[('$', Ink::Name)],
        ..NOTHING
    },
    Grammar {
        names: "powershell ps1 pwsh bat cmd batch",
        lines: &["#", "::", "rem", "REM"],
        comments_stand_apart: true,
        blocks: &[("<#", "#>")],
        quotes: &[Quote::Line('"'), Quote::Line('\'')],
        keywords: "begin break call catch class continue data do dynamicparam echo else elseif end enum exit \
                   filter finally for foreach from function goto if in off on param pause process return set \
                   switch throw trap try until using var while",
        ignores_case: true,
        also_in_words: "-",
        marks: &[('$', Ink::Name)],
        ..NOTHING
    },
    Grammar {
        names: "lua",
        lines: &["--"],
        blocks: &[("--[[", "]]")],
        quotes: &[Quote::Lines("[[", "]]"), Quote::Line('"'), Quote::Line('\'')],
        keywords: "and break do else elseif end false for function goto if in local nil not or repeat return \
                   then true until while",
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "r rscript",
        lines: &["#"],
        quotes: &[Quote::Lines("\"", "\""), Quote::Lines("'", "'")],
        keywords: "if else repeat while function for in next break TRUE FALSE NULL Inf NaN NA NA_integer_ \
                   NA_real_ NA_character_ library return",
        also_in_words: ".",
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "julia jl nim",
        lines: &["#"],
        blocks: &[("#=", "=#"), ("#[", "]#")],
        blocks_nest: true,
        quotes: &[
            Quote::Lines("\"\"\"", "\"\"\""),
            Quote::Line('"'),
            Quote::Character,
        ],
        keywords: "abstract addr and as baremodule begin bind block break case cast catch concept const \
                   continue converter defer discard distinct div do elif else elseif end enum except export \
                   false finally for from func function global if import in include interface is isnot iterator \
                   let local macro method mod module mutable nil not object of or out primitive proc ptr quote \
                   raise ref return shl shr static struct template true try tuple type using var when where \
                   while xor yield",
        also_in_words: "!",
        marks: &[('@', Ink::Name)],
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "matlab octave m",
        lines: &["%", "#"],
        quotes: &[Quote::Line('"')],
        keywords: "break case catch classdef continue else elseif end endfor endfunction endif endwhile for \
                   function global if methods otherwise parfor persistent properties return switch try while \
                   true false",
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "haskell hs elm",
        lines: &["--"],
        blocks: &[("{-", "-}")],
        blocks_nest: true,
        quotes: &[Quote::Line('"'), Quote::Character],
        keywords: "as case class data default deriving do else family forall foreign hiding if import in infix \
                   infixl infixr instance let module newtype of qualified then type where",
        types: "Int Integer Float Double Bool Char String Maybe Either IO True False Just Nothing Left Right",
        also_in_words: "'",
        ..NOTHING
    },
    Grammar {
        names: "ocaml ml mli sml",
        blocks: &[("(*", "*)")],
        blocks_nest: true,
        quotes: &[Quote::Lines("\"", "\""), Quote::Character],
        keywords: "and as assert begin class constraint do done downto else end exception external false for \
                   fun function functor if in include inherit initializer lazy let match method module mutable \
                   new nonrec object of open or private rec sig struct then to true try type val virtual when \
                   while with",
        also_in_words: "'",
        ..NOTHING
    },
    Grammar {
        names: "lisp scheme scm clojure clj cljs racket rkt el elisp common-lisp",
        lines: &[";"],
        blocks: &[("#|", "|#")],
        blocks_nest: true,
        quotes: &[Quote::Lines("\"", "\"")],
        keywords: "and begin case cond def define define-syntax defmacro defn defparameter defstruct defun \
                   defvar do else fn for if in-ns lambda let let* letrec loop nil not ns or progn quote recur \
                   require set! setf setq unless when while",
        also_in_words: "-!?*+<>=/",
        marks: &[(':', Ink::Name)],
        ..NOTHING
    },
    Grammar {
        names: "erlang erl prolog pro",
        lines: &["%"],
        blocks: &[("/*", "*/")],
        quotes: &[Quote::Lines("\"", "\""), Quote::Line('\'')],
        keywords: "after and andalso begin case catch div end fun if is mod not of or orelse receive rem try \
                   when xor",
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "sql mysql postgresql postgres plsql sqlite tsql",
        lines: &["--"],
        blocks: &[("/*", "*/")],
        quotes: &[Quote::Line('\''), Quote::Line('"'), Quote::Line('`')],
        keywords: "add all alter and any as asc auto_increment begin between by cascade case cast check collate \
                   column commit constraint create cross current_date current_timestamp database default delete \
                   desc distinct drop else end except exists explain false fetch for foreign from full function \
                   grant group having if in index inner insert intersect into is join key left like limit \
                   natural not null offset on or order outer over partition primary procedure references \
                   replace returning returns revoke right rollback select set table then to transaction trigger \
                   true truncate union unique update using values view when where window with",
        types: "int integer bigint smallint decimal numeric real float double char varchar text date time \
                   timestamp boolean blob serial",
        ignores_case: true,
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "pascal pas delphi",
        lines: &["//"],
        blocks: &[("{", "}"), ("(*", "*)")],
        quotes: &[Quote::Line('\'')],
        keywords: "and array as begin break case class const constructor continue destructor div do downto else \
                   end except exit false finally for function goto if implementation in inherited interface is \
                   label mod nil not object of on or packed private procedure program property protected public \
                   raise record repeat set shl shr string then to true try type unit until uses var while with \
                   xor",
        types: "integer real boolean char byte word longint double",
        ignores_case: true,
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "basic bas vb vbnet visual-basic vba",
        lines: &["'", "rem"],
        quotes: &[Quote::Line('"')],
        keywords: "and as boolean byref byval call case class const declare dim do double each else elseif end \
                   enum exit false for friend function get gosub goto if imports in inherits input integer is \
                   let like loop me mod module mybase namespace new next not nothing on option or private \
                   property protected public redim return select set shared single static step stop string \
                   structure sub then to true try until wend when while with xor print",
        ignores_case: true,
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "fortran f90 f95 f03 f",
        lines: &["!"],
        quotes: &[Quote::Line('"'), Quote::Line('\'')],
        keywords: "allocatable allocate call case character close complex contains continue cycle data \
                   deallocate dimension do double else elseif end enddo endif exit external false format \
                   function goto if implicit in inout integer intent interface kind logical module none only \
                   open out parameter pointer precision print private procedure program public pure read real \
                   recursive result return save select stop subroutine then true type use where while write",
        ignores_case: true,
        names_calls: true,
        ..NOTHING
    },
    Grammar {
        names: "asm assembly nasm s",
        lines: &[";", "#", "//"],
        comments_stand_apart: true,
        blocks: &[("/*", "*/")],
        quotes: &[Quote::Line('"'), Quote::Line('\'')],
        keywords: "mov add sub mul imul div idiv inc dec jmp je jne jz jnz jg jge jl jle ja jb call ret push \
                   pop cmp test lea and or xor not shl shr nop int syscall section global extern db dw dd dq \
                   ldr str bl b ldi",
        ignores_case: true,
        marks: &[('.', Ink::Keyword), ('%', Ink::Name)],
        keys_end_with: Some(':'),
        ..NOTHING
    },
    Grammar {
        names: "vhdl vhd",
        lines: &["--"],
        quotes: &[Quote::Line('"'), Quote::Character],
        keywords: "architecture array begin case component constant else elsif end entity for function generate \
                   generic if in inout is library loop map not of or others out package port procedure process \
                   range record report return select signal subtype then to type use variable wait when while \
                   with and nand nor xor downto",
        ignores_case: true,
        ..NOTHING
    },
    Grammar {
        names: "css scss sass less",
        blocks: &[("/*", "*/")],
        quotes: &[Quote::Line('"'), Quote::Line('\'')],
        keywords: "important inherit initial none auto",
        also_in_words: "-",
        marks: &[('@', Ink::Keyword), ('#', Ink::Name), ('$', Ink::Name)],
        names_calls: true,
        keys_end_with: Some(':'),
        ..NOTHING
    },
    Grammar {
        names: "json jsonc json5 geojson",
        lines: &["//"],
        blocks: &[("/*", "*/")],
        quotes: &[Quote::Line('"')],
        keywords: "true false null",
        keys_end_with: Some(':'),
        ..NOTHING
    },
    Grammar {
        names: "yaml yml",
        lines: &["#"],
        comments_stand_apart: true,
        quotes: &[Quote::Line('"'), Quote::Line('\'')],
        keywords: "true false null yes no on off True False",
        also_in_words: "-",
        marks: &[('&', Ink::Name), ('*', Ink::Name), ('!', Ink::Keyword)],
        keys_end_with: Some(':'),
        ..NOTHING
    },
    Grammar {
        names: "toml ini cfg conf properties",
        lines: &["#", ";"],
        comments_stand_apart: true,
        quotes: &[
            Quote::Lines("\"\"\"", "\"\"\""),
            Quote::Lines("'''", "'''"),
            Quote::Line('"'),
            Quote::Line('\''),
        ],
        keywords: "true false",
        also_in_words: "-.",
        keys_end_with: Some('='),
        ..NOTHING
    },
    Grammar {
        names: "make makefile mk cmake",
        lines: &["#"],
        comments_stand_apart: true,
        quotes: &[Quote::Line('"')],
        keywords: "ifeq ifneq ifdef ifndef else endif define endef include export override if endif foreach \
                   endforeach function set add_executable target_link_libraries project",
        also_in_words: "-",
        marks: &[('$', Ink::Name), ('.', Ink::Keyword)],
        keys_end_with: Some(':'),
        ..NOTHING
    },
    Grammar {
        names: "tex latex ltx sty cls",
        lines: &["%"],
        marks: &[('\\', Ink::Keyword)],
        ..NOTHING
    },
    Grammar {
        names: "html htm xhtml xml svg vue svelte rss xsl xslt mathml",
        is_markup: true,
        ..NOTHING
    },
];
