import type { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { changesView, editorView, jump, mark, type Offers, replaceText, type Wrong } from "./view";

/** The shadow root of an element, made once. */
const shadowOf = (host: HTMLElement) => host.shadowRoot ?? host.attachShadow({ mode: "open" });

interface Props {
  value: string;
  onChange: (value: string) => void;
  label: string;
  readOnly?: boolean;
  wrongs: Wrong[];
  offers: Offers;
  /** Where to lead; a new object leads again. */
  place?: { at: number };
}

/** A text with line numbers, colours, marked mistakes, and an offer of what can stand where one writes. */
export default function CodeEditor(props: Props) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const { label, readOnly } = props;
  useEffect(() => {
    if (!host.current) return;
    const made = editorView(shadowOf(host.current), {
      text: latest.current.value,
      label,
      readOnly,
      offers: () => latest.current.offers,
      onChange: (text) => latest.current.onChange(text),
    });
    view.current = made;
    return () => made.destroy();
  }, [label, readOnly]);
  useEffect(() => {
    if (view.current) replaceText(view.current, props.value);
  }, [props.value]);
  useEffect(() => {
    if (view.current) mark(view.current, props.wrongs);
  }, [props.wrongs]);
  useEffect(() => {
    if (view.current && props.place) jump(view.current, props.place.at);
  }, [props.place]);
  return <div ref={host} className="editor__code" />;
}

/** What is taken out of a text and what comes into it. */
export function Changes({ before, after, label }: { before: string; after: string; label: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!host.current) return;
    const view = changesView(shadowOf(host.current), before, after, label);
    return () => view.destroy();
  }, [before, after, label]);
  return <div ref={host} />;
}
