import { type FormEvent, Fragment, type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "./Button";
import { ErrorNote } from "./ErrorNote";
import { CloseIcon } from "./icons";
import "./dialog.css";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** Where it opens: in the middle, or as a drawer at one side. */
  at?: "middle" | "right" | "left";
  width?: number;
  footer?: ReactNode;
  /** What Escape and the cross do, if not the same as `onClose`. */
  onLeave?: () => void;
}

/** The browser's own modal dialog (focus stays inside, Escape closes). Mount it to open it. */
export function Dialog({ title, onClose, children, at = "middle", width = 520, footer, onLeave = onClose }: Props) {
  const { t } = useTranslation();
  const ref = useRef<HTMLDialogElement>(null);
  const heading = useId();
  const close = useRef(onLeave);
  close.current = onLeave;
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog || dialog.open) return;
    const before = document.activeElement as HTMLElement | null;
    // The browser would begin at the button that closes: who opened a form wants to type.
    const fields = ".dialog__body form :is(input, select, textarea):not(:disabled)";
    const first = dialog.querySelector<HTMLElement>("[autofocus]") ?? dialog.querySelector<HTMLElement>(fields);
    dialog.showModal();
    first?.focus();
    document.documentElement.classList.add("is-locked");
    return () => {
      dialog.close();
      if (!document.querySelector("dialog[open]")) document.documentElement.classList.remove("is-locked");
      before?.focus?.();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={`dialog dialog--${at}`}
      style={{ "--dialog-width": `${width}px` } as never}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        close.current();
      }}
    >
      <header className="dialog__head">
        <h2 id={heading} className="dialog__title">
          {title}
        </h2>
        <IconButton icon={<CloseIcon />} label={t("action.close")} onClick={onLeave} />
      </header>
      {/* Something long to read must scroll by keyboard; a form scrolls with its fields. */}
      <div className="dialog__body" tabIndex={footer ? undefined : 0}>
        {children}
      </div>
      {footer && <footer className="dialog__foot">{footer}</footer>}
    </dialog>
  );
}

interface FormProps extends Omit<Props, "footer" | "onLeave"> {
  submit: string;
  busy?: boolean;
  disabled?: boolean;
  danger?: boolean;
  error?: unknown;
  onSubmit: () => void;
}

/** A dialog around one form: Cancel and one main button, the server's refusal above them. */
export function FormDialog({ submit, busy, disabled, danger, error, onSubmit, children, ...rest }: FormProps) {
  const { t } = useTranslation();
  const form = useId();
  // Typed into and not sent: Escape asks before it is thrown away.
  const [touched, setTouched] = useState(false);
  const [asking, setAsking] = useState(false);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (busy || disabled) return;
    setTouched(false);
    onSubmit();
  };
  return (
    <Dialog
      {...rest}
      onLeave={() => ((touched || error) && !busy ? setAsking(true) : rest.onClose())}
      footer={
        // Keys: the button that keeps on editing must not become the one that sends, under the very click.
        asking ? (
          <Fragment key="leave">
            <span className="grow" role="alert">
              {t("confirm.discard")}
            </span>
            <Button onClick={() => setAsking(false)}>{t("confirm.keep")}</Button>
            <Button kind="danger" onClick={rest.onClose}>
              {t("confirm.drop")}
            </Button>
          </Fragment>
        ) : (
          <Fragment key="send">
            <Button onClick={rest.onClose}>{t("action.cancel")}</Button>
            <Button type="submit" form={form} kind={danger ? "danger" : "primary"} busy={busy} disabled={disabled}>
              {submit}
            </Button>
          </Fragment>
        )
      }
    >
      <form
        id={form}
        className="form"
        onSubmit={send}
        onInput={({ target }) => setTouched(touched || (target as HTMLInputElement).type !== "search")}
        noValidate
      >
        {children}
        {error ? (
          // A refusal below the fold would look like a button that does nothing.
          <div ref={(note) => note?.scrollIntoView({ block: "nearest" })}>
            <ErrorNote error={error} />
          </div>
        ) : null}
      </form>
    </Dialog>
  );
}
