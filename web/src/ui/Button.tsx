import { createLink } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, ReactNode, Ref } from "react";
import TButton from "tdesign-react/es/button/Button";
import "tdesign-react/es/button/style/css.js";
import "tdesign-react/es/loading/style/css.js";

export type ButtonKind = "primary" | "plain" | "danger" | "text" | "textDanger";
const looks = {
  primary: { theme: "primary", variant: "base" },
  plain: { theme: "default", variant: "outline" },
  danger: { theme: "danger", variant: "base" },
  text: { theme: "primary", variant: "text" },
  textDanger: { theme: "danger", variant: "text" },
} as const;

interface Props {
  children?: ReactNode;
  kind?: ButtonKind;
  icon?: ReactNode;
  type?: "button" | "submit";
  busy?: boolean;
  disabled?: boolean;
  /** Said as a tool tip; names the reason when the button is disabled. */
  title?: string;
  small?: boolean;
  block?: boolean;
  form?: string;
  onClick?: () => void;
  "aria-label"?: string;
}

export function Button({ kind = "plain", icon, busy, small, children, onClick, type = "button", ...rest }: Props) {
  return (
    <TButton
      {...looks[kind]}
      {...(rest as object)}
      type={type}
      // Without it TDesign draws a disabled button as a div, which is no button for screen readers.
      tag="button"
      size={small ? "small" : "medium"}
      icon={icon as never}
      loading={busy}
      onClick={onClick && (() => onClick())}
    >
      {children}
    </TButton>
  );
}

interface AnchorProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  kind?: ButtonKind;
  icon?: ReactNode;
  small?: boolean;
  ref?: Ref<HTMLAnchorElement>;
}

function Anchor({ kind = "plain", icon, small, children, className, ...rest }: AnchorProps) {
  const { theme, variant } = looks[kind];
  return (
    <a
      {...rest}
      className={`t-button t-button--theme-${theme} t-button--variant-${variant} ${small ? "t-size-s" : "t-size-m"} linkbutton ${className ?? ""}`}
    >
      {icon}
      <span className="t-button__text">{children}</span>
    </a>
  );
}

/** A link to another page that looks like a button. */
export const LinkButton = createLink(Anchor);
/** A link out of the console, or to a file, that looks like a button. */
export const HrefButton = Anchor;

/** A square button with a picture only; the label is read out and shown as a tool tip. */
export function IconButton(props: {
  icon: ReactNode;
  label: string;
  onClick?: () => void;
  small?: boolean;
  disabled?: boolean;
  /** The tool tip, where it is not the label: the reason when the button is disabled. */
  title?: string;
}) {
  return (
    <button
      type="button"
      className={`iconbtn ${props.small ? "iconbtn--small" : ""}`}
      aria-label={props.label}
      title={props.title ?? props.label}
      disabled={props.disabled}
      onClick={props.onClick}
    >
      {props.icon}
    </button>
  );
}
