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

function add(toast: Omit<Toast, "id">, milliseconds: number): void {
  const id = next++;
  set([...toasts.slice(-2), { ...toast, id }]);
  setTimeout(() => drop(id), milliseconds);
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
  // A popover lies above open dialogs, and the last one shown lies on top.
  useEffect(() => {
    const box = ref.current;
    if (!box?.showPopover) return;
    if (box.matches(":popover-open")) box.hidePopover();
    if (list.length) box.showPopover();
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
