import { CopyButton } from "./CopyText";

/** JSON as people read it, anything else as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** What went over the wire, under a title and with a button that copies it; `none` is said where it is empty. */
export function BodyText({ title, text, none }: { title: string; text: string; none: string }) {
  const shown = pretty(text);
  return (
    <section className="stack stack--tight" aria-label={title}>
      <div className="row row--between">
        <strong>{title}</strong>
        {text && <CopyButton text={shown} />}
      </div>
      {text ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <pre className="pre" tabIndex={0}>
          {shown}
        </pre>
      ) : (
        <p className="quiet">{none}</p>
      )}
    </section>
  );
}
