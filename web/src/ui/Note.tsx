import type { ReactNode } from "react";
import { CheckCircleFilledIcon, ErrorCircleFilledIcon, InfoCircleFilledIcon } from "./icons";
import "./notes.css";

type Tone = "info" | "warning" | "error" | "success";
const icons = {
  info: InfoCircleFilledIcon,
  warning: ErrorCircleFilledIcon,
  error: ErrorCircleFilledIcon,
  success: CheckCircleFilledIcon,
};

/** A remark inside a page: what is so, and what follows from it. */
export function Note({ tone = "info", children }: { tone?: Tone; children: ReactNode }) {
  const Icon = icons[tone];
  return (
    <div className={`note note--${tone}`}>
      <Icon className="note__icon" />
      <div className="grow">{children}</div>
    </div>
  );
}
