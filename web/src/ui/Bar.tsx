import "./job.css";

interface Props {
  /** Read out: what it is that goes on. */
  label: string;
  /** How far it is, in words beside the bar. */
  words: string;
  /** How far it is, 0 to 1. */
  part: number;
  /** How the bar looks. */
  state: string;
  /** The bar moves instead: the whole is not known. */
  unknown?: boolean;
}

/** How far something is that takes its time. */
export function Bar({ label, words, part, state, unknown }: Props) {
  return (
    <div className="job">
      <div
        className={`job__bar job__bar--${state} ${unknown ? "job__bar--unknown" : ""}`}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(part * 100)}
        aria-valuetext={words}
      >
        <span style={{ width: `${part * 100}%` }} />
      </div>
      <span className="job__words">{words}</span>
    </div>
  );
}
