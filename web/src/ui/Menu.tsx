import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { MoreIcon } from "./icons";
import "./menu.css";

interface Props {
  /** Read out, and the tool tip. */
  label: string;
  trigger: ReactNode;
  triggerClass?: string;
  align?: "start" | "end";
  width?: number;
  children: (close: () => void) => ReactNode;
  onOpen?: () => void;
}

/** A button that opens a small panel: the browser's popover, so that Escape and a click outside close it. */
export function MenuButton({
  label,
  trigger,
  triggerClass = "iconbtn",
  align = "end",
  width = 220,
  children,
  onOpen,
}: Props) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const box = panel.current;
    if (!box) return;
    const place = () => {
      const at = button.current?.getBoundingClientRect();
      if (!at) return;
      const left = align === "start" ? at.left : at.right - box.offsetWidth;
      box.style.left = `${Math.max(8, Math.min(left, innerWidth - box.offsetWidth - 8))}px`;
      const below = at.bottom + 4;
      box.style.top = `${below + box.offsetHeight > innerHeight - 8 ? Math.max(8, at.top - 4 - box.offsetHeight) : below}px`;
    };
    const toggled = (event: Event) => {
      const shown = (event as ToggleEvent).newState === "open";
      setOpen(shown);
      if (!shown) return;
      onOpen?.();
      requestAnimationFrame(() => {
        place();
        box.querySelector<HTMLElement>("input, [aria-checked='true'], a, button")?.focus({ preventScroll: true });
      });
    };
    box.addEventListener("toggle", toggled);
    return () => box.removeEventListener("toggle", toggled);
  }, [align, onOpen]);
  const move = (event: React.KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (!step || !panel.current) return;
    event.preventDefault();
    const items = [...panel.current.querySelectorAll<HTMLElement>("a, button:not(:disabled), input")];
    const at = items.indexOf(document.activeElement as HTMLElement);
    items[(at + step + items.length) % items.length]?.focus();
  };
  const close = () => panel.current?.hidePopover();
  return (
    <>
      <button
        ref={button}
        type="button"
        className={triggerClass}
        aria-label={label}
        title={label}
        aria-haspopup="true"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => panel.current?.togglePopover()}
      >
        {trigger}
      </button>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: moves the focus among the items inside */}
      <div ref={panel} id={id} popover="auto" className="menu" style={{ width }} onKeyDown={move}>
        {open && children(close)}
      </div>
    </>
  );
}

/** What can be done with a row of a table, behind three dots. */
export function MoreButton(props: Pick<Props, "label" | "width" | "children">) {
  return <MenuButton {...props} triggerClass="iconbtn iconbtn--small" trigger={<MoreIcon />} />;
}

interface ItemProps {
  children: ReactNode;
  icon?: ReactNode;
  checked?: boolean;
  danger?: boolean;
  disabled?: boolean;
  title?: string;
  onClick: () => void;
}

export function MenuItem({ children, icon, checked, danger, disabled, title, onClick }: ItemProps) {
  return (
    <button
      type="button"
      className={`menu__item ${danger ? "danger" : ""}`}
      aria-pressed={checked}
      disabled={disabled}
      title={title}
      onClick={onClick}
    >
      {icon}
      <span className="grow">{children}</span>
    </button>
  );
}
