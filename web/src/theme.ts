import { useSyncExternalStore } from "react";

export type Theme = "light" | "dark" | "system";

const system = window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();
let chosen: Theme = (localStorage.getItem("sodam.theme") as Theme | null) ?? "system";

function apply(): void {
  const dark = chosen === "dark" || (chosen === "system" && system.matches);
  document.documentElement.setAttribute("theme-mode", dark ? "dark" : "light");
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
}

system.addEventListener("change", apply);
apply();

export function setTheme(theme: Theme): void {
  chosen = theme;
  localStorage.setItem("sodam.theme", theme);
  apply();
  for (const listener of listeners) listener();
}

export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => chosen,
  );
}
