import { useEffect, useRef, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "./Button";
import { ErrorNote } from "./ErrorNote";
import { CheckCircleFilledIcon, CloseIcon } from "./icons";
import "./toasts.css";

interface Toast {
  id: number;
  text?: string;
  error?: unknown;
  undo?: () => void;
}

let toasts: readonly Toast[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(value: readonly Toast[]): void {
  toasts = value;
  for (const listener of listeners) listener();
}

function drop(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

/** Takes a toast away in time, but not while somebody points at one or stands on its button. */
function expire(id: number, milliseconds: number): void {
  setTimeout(() => {
    if (document.querySelector(".toasts:hover, .toasts:focus-within")) expire(id, 1_000);
    else drop(id);
  }, milliseconds);
}

function add(toast: Omit<Toast, "id">, milliseconds: number): void {
  const id = next++;
  set([...toasts.slice(-2), { ...toast, id }]);
  expire(id, milliseconds);
}

/** Says that something was done; with `undo`, offers to take it back for ten seconds. */
export function say(text: string, undo?: () => void): void {
  add({ text, undo }, undo ? 10_000 : 4_000);
}

export function sayError(error: unknown): void {
  add({ error }, 15_000);
}

export function Toasts() {
  const { t } = useTranslation();
  const ref = useRef<HTMLDivElement>(null);
  const list = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  const newest = list.at(-1)?.id ?? 0;
  // A popover lies above open dialogs, and the last one shown lies on top. Shown again for a new toast only: hiding it
  // takes the focus away from the button that somebody is about to press.
  useEffect(() => {
    const box = ref.current;
    if (!box?.showPopover) return;
    if (box.matches(":popover-open")) box.hidePopover();
    if (newest) box.showPopover();
  }, [newest]);
  // What lies beneath can be scrolled clear of the toasts (see frame.css). Measured once they are shown.
  useEffect(() => {
    document.documentElement.style.setProperty("--toasts", list.length ? `${ref.current?.offsetHeight ?? 0}px` : "0px");
  }, [list]);
  return (
    <div ref={ref} popover="manual" className="toasts" role="status" aria-live="polite">
      {list.map((toast) => (
        <div key={toast.id} className="toast">
          {toast.error ? (
            <ErrorNote error={toast.error} />
          ) : (
            <>
              <CheckCircleFilledIcon className="toast__icon" />
              <span className="grow">{toast.text}</span>
              {toast.undo && (
                <button
                  type="button"
                  className="linklike"
                  onClick={() => {
                    drop(toast.id);
                    toast.undo?.();
                  }}
                >
                  {t("action.undo")}
                </button>
              )}
            </>
          )}
          <IconButton small icon={<CloseIcon />} label={t("action.close")} onClick={() => drop(toast.id)} />
        </div>
      ))}
    </div>
  );
}
