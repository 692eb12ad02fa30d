import {
  autocompletion,
  type CompletionContext,
  type CompletionResult,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting, syntaxTree } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { unifiedMergeView } from "@codemirror/merge";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** What is offered where: the values of one element of a policy. */
export type Offers = Record<string, { label: string; about: string }[]>;

export interface Wrong {
  at: number;
  message: string;
}

// The console's own tokens; the security policy forbids style elements, so that the view lives in a shadow root, where
// its rules are constructed.
const look = EditorView.theme({
  "&": {
    color: "var(--td-text-color-primary)",
    backgroundColor: "var(--td-bg-color-specialcomponent)",
    border: "1px solid var(--td-component-border)",
    borderRadius: "var(--td-radius-medium)",
    fontSize: "13px",
  },
  "&.cm-focused": { outline: "2px solid var(--td-brand-color)", outlineOffset: "0" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "20px", minHeight: "var(--editor-height, 0)" },
  ".cm-content": { padding: "12px 0", caretColor: "var(--td-text-color-primary)" },
  ".cm-line": { padding: "0 12px" },
  ".cm-gutters": { color: "var(--quiet)", backgroundColor: "transparent", border: "0" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--td-bg-color-container-hover)" },
  ".cm-cursor": { borderLeftColor: "var(--td-text-color-primary)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--td-brand-color-focus)",
  },
  ".cm-tooltip": {
    color: "var(--td-text-color-primary)",
    backgroundColor: "var(--td-bg-color-container)",
    border: "1px solid var(--td-component-stroke)",
    borderRadius: "var(--td-radius-medium)",
    boxShadow: "var(--td-shadow-2)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxWidth: "min(560px, 90vw)" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "4px 8px" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    color: "var(--td-text-color-primary)",
    backgroundColor: "var(--td-brand-color-light)",
  },
  ".cm-completionDetail": { fontFamily: "var(--td-font-family)", fontStyle: "normal", color: "var(--quiet)" },
  ".cm-diagnostic": { fontFamily: "var(--td-font-family)" },
  ".cm-changedLine": { backgroundColor: "var(--td-success-color-light) !important" },
  ".cm-deletedChunk": { backgroundColor: "var(--td-error-color-light) !important", padding: "0 12px" },
  ".cm-changedText, .cm-deletedText": { background: "none !important", fontWeight: "700" },
  ".cm-collapsedLines": { color: "var(--quiet)", background: "var(--td-bg-color-secondarycontainer)" },
});
const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.propertyName, color: "var(--td-brand-color)" },
    { tag: tags.string, color: "var(--td-success-color)" },
    { tag: [tags.number, tags.bool, tags.null], color: "var(--td-warning-color)" },
  ]),
);
const shared: Extension[] = [json(), colours, look, EditorView.lineWrapping];

interface Options {
  text: string;
  label: string;
  readOnly?: boolean;
  offers: () => Offers;
  onChange: (text: string) => void;
}

/** The element of a policy that the text at `at` is a value of. */
function elementAt(state: EditorState, at: number): string {
  for (let node = syntaxTree(state).resolveInner(at, -1); node.parent; node = node.parent) {
    if (node.name !== "Property") continue;
    const name = node.getChild("PropertyName");
    return name && at > name.to ? state.sliceDoc(name.from + 1, name.to - 1) : "";
  }
  return "";
}

function complete(offers: () => Offers) {
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[^"\s,[\]{}]*/);
    if (!word || context.state.sliceDoc(word.from - 1, word.from) !== '"') return null;
    const options = offers()[elementAt(context.state, context.pos)];
    if (!options) return null;
    return { from: word.from, options: options.map(({ label, about }) => ({ label, detail: about })) };
  };
}

/** A view to write in. Tab leads on, as everywhere; the browser's own menu offers what is offered. */
export function editorView(root: ShadowRoot, { text, label, readOnly, offers, onChange }: Options): EditorView {
  return new EditorView({
    root,
    parent: root,
    doc: text,
    extensions: [
      lineNumbers(),
      lintGutter(),
      history(),
      drawSelection(),
      bracketMatching(),
      highlightActiveLine(),
      indentUnit.of("  "),
      EditorState.readOnly.of(Boolean(readOnly)),
      autocompletion({ override: [complete(offers)], icons: false }),
      keymap.of([...defaultKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
      EditorView.contentAttributes.of({ "aria-label": label, spellcheck: "false" }),
      EditorView.updateListener.of((update) => update.docChanged && onChange(update.state.doc.toString())),
      ...shared,
    ],
  });
}

/** A view of what became of a text. */
export function changesView(root: ShadowRoot, before: string, after: string, label: string): EditorView {
  return new EditorView({
    root,
    parent: root,
    doc: after,
    extensions: [
      lineNumbers(),
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.contentAttributes.of({ "aria-label": label, role: "region", tabindex: "0" }),
      unifiedMergeView({
        original: before,
        mergeControls: false,
        syntaxHighlightDeletions: false,
        collapseUnchanged: { margin: 2, minSize: 6 },
      }),
      ...shared,
    ],
  });
}

export function replaceText(view: EditorView, text: string): void {
  if (view.state.doc.toString() === text) return;
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
}

/** Marks the places of mistakes: in the text, and beside their lines. */
export function mark(view: EditorView, wrongs: Wrong[]): void {
  const { length } = view.state.doc;
  const diagnostics = wrongs.map(({ at, message }) => {
    const from = Math.min(at, length);
    return { from, to: Math.min(from + 1, length), severity: "error" as const, message };
  });
  view.dispatch(setDiagnostics(view.state, diagnostics));
}

export function jump(view: EditorView, at: number): void {
  const from = Math.min(at, view.state.doc.length);
  view.dispatch({ selection: { anchor: from, head: Math.min(from + 1, view.state.doc.length) }, scrollIntoView: true });
  view.focus();
}
