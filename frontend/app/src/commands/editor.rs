//! The editor's own commands, which the bridge runs: `editor/commands.ts` there has one for each of these.

use super::Command;
use crate::messages::message;

macro_rules! editor {
    ($id:tt, $keys:expr, $when:expr, $needs:expr) => {
        Command { id: $id, title: message!($id), keys: $keys, when: $when, needs: $needs, run: None }
    };
}

/// In the text.
const TEXT: &str = "editorTextFocus";
/// In the text or what belongs to it, such as the fields of a search.
const NEAR: &str = "editorFocus";
/// In a text that may be changed.
const WRITE: &str = "editorTextFocus && !editorReadonly";
/// The same, where Ctrl+Enter does not submit it.
const LINE: &str = "editorTextFocus && !editorReadonly && !editorSubmits";
/// There is a text that may be changed.
const CAN: &str = "editorFocus && !editorReadonly";
/// A list of proposals is open.
const LIST: &str = "editorTextFocus && suggestWidgetVisible";
/// For keys alone: the palette has no use for it.
const NEVER: &str = "never";

pub(super) const COMMANDS: &[Command] = &[
    editor!("undo", "Ctrl+Z", TEXT, CAN),
    editor!("redo", "Ctrl+Y|Ctrl+Shift+Z", TEXT, CAN),
    editor!("editor.action.selectAll", "Ctrl+A", TEXT, NEAR),
    editor!("actions.find", "Ctrl+F", NEAR, NEAR),
    editor!("editor.action.startFindReplaceAction", "Ctrl+H", NEAR, CAN),
    editor!("editor.action.nextMatchFindAction", "F3", NEAR, NEAR),
    editor!("editor.action.previousMatchFindAction", "Shift+F3", NEAR, NEAR),
    editor!("editor.action.selectHighlights", "Ctrl+Shift+L", NEAR, NEAR),
    editor!("editor.action.addSelectionToNextFindMatch", "Ctrl+D", TEXT, NEAR),
    editor!("editor.action.insertCursorAbove", "Ctrl+Alt+Up", TEXT, NEAR),
    editor!("editor.action.insertCursorBelow", "Ctrl+Alt+Down", TEXT, NEAR),
    editor!("editor.action.smartSelect.expand", "Shift+Alt+Right", TEXT, NEAR),
    editor!("expandLineSelection", "Ctrl+L", TEXT, NEAR),
    editor!("editor.action.jumpToBracket", "Ctrl+Shift+\\", TEXT, NEAR),
    editor!("editor.action.commentLine", "Ctrl+/", WRITE, CAN),
    editor!("editor.action.blockComment", "Shift+Alt+A", WRITE, CAN),
    editor!("editor.action.moveLinesUpAction", "Alt+Up", WRITE, CAN),
    editor!("editor.action.moveLinesDownAction", "Alt+Down", WRITE, CAN),
    editor!("editor.action.copyLinesUpAction", "Shift+Alt+Up", WRITE, CAN),
    editor!("editor.action.copyLinesDownAction", "Shift+Alt+Down", WRITE, CAN),
    editor!("editor.action.deleteLines", "Ctrl+Shift+K", WRITE, CAN),
    editor!("editor.action.insertLineAfter", "Ctrl+Enter", LINE, CAN),
    editor!("editor.action.indentLines", "Ctrl+]", WRITE, CAN),
    editor!("editor.action.outdentLines", "Ctrl+[", WRITE, CAN),
    editor!("editor.action.reindentselectedlines", "Ctrl+Alt+\\", WRITE, CAN),
    editor!("editor.fold", "Ctrl+Shift+[", TEXT, NEAR),
    editor!("editor.unfold", "Ctrl+Shift+]", TEXT, NEAR),
    editor!("editor.toggleFold", "Ctrl+K Ctrl+L", TEXT, NEAR),
    editor!("editor.foldAll", "Ctrl+K Ctrl+0", TEXT, NEAR),
    editor!("editor.unfoldAll", "Ctrl+K Ctrl+J", TEXT, NEAR),
    editor!("editor.action.formatDocument", "Shift+Alt+F", WRITE, "editorHasDocumentFormattingProvider"),
    editor!("editor.action.rename", "F2", WRITE, "editorHasRenameProvider"),
    editor!("editor.action.quickFix", "Ctrl+.", WRITE, "editorHasCodeActionsProvider"),
    editor!("editor.action.revealDefinition", "F12", TEXT, "editorHasDefinitionProvider"),
    editor!("editor.action.goToImplementation", "Ctrl+F12", TEXT, "editorHasImplementationProvider"),
    editor!("editor.action.triggerParameterHints", "Ctrl+Shift+Space", TEXT, NEVER),
    editor!("editor.action.marker.next", "F8", TEXT, NEAR),
    editor!("editor.action.marker.prev", "Shift+F8", TEXT, NEAR),
    editor!("editor.action.toggleTabFocusMode", "Ctrl+M", TEXT, NEAR),
    editor!("editor.action.triggerSuggest", "Ctrl+Space", WRITE, NEVER),
    editor!("acceptSelectedSuggestion", "Enter|Tab", LIST, NEVER),
    editor!("selectNextSuggestion", "Down", LIST, NEVER),
    editor!("selectPrevSuggestion", "Up", LIST, NEVER),
    editor!("selectNextPageSuggestion", "PageDown", LIST, NEVER),
    editor!("selectPrevPageSuggestion", "PageUp", LIST, NEVER),
    // Escape takes away what lies uppermost: later rules win.
    editor!("removeSecondaryCursors", "Escape", "editorTextFocus && editorHasMultipleSelections", NEVER),
    editor!("closeFindWidget", "Escape", "editorFocus && findWidgetVisible", NEVER),
    editor!("closeParameterHints", "Escape", "editorTextFocus && parameterHintsVisible", NEVER),
    editor!("hideSuggestWidget", "Escape", LIST, NEVER),
];
