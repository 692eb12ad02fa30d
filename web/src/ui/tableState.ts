import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";

type Search = Record<string, unknown>;

export interface TableState {
  /** What is searched for, after the typing paused. */
  keyword: string;
  page: number;
  size: number;
  /** Cursor of the page, empty for the first. */
  after: string;
  /** Column and direction, `-name` for descending. */
  sort: string;
  filter: (name: string) => string;
  set: (changes: Search) => void;
}

export const SIZES = [20, 50, 100];

/** The state of a list, kept in the address so that a page can be shared and reloaded. */
export function useTableState(): TableState {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const set = useCallback(
    (changes: Search) => {
      const paging = "page" in changes || "after" in changes || "sort" in changes;
      void navigate({
        to: ".",
        replace: true,
        search: ((before: Search) => {
          const after = { ...before, ...(paging ? {} : { page: undefined, after: undefined }), ...changes };
          return Object.fromEntries(Object.entries(after).filter(([, value]) => value !== "" && value !== undefined));
        }) as never,
      });
    },
    [navigate],
  );
  return {
    keyword: String(search.q ?? ""),
    page: Math.max(1, Number(search.page) || 1),
    size: SIZES.includes(Number(search.size)) ? Number(search.size) : 20,
    after: String(search.after ?? ""),
    sort: String(search.sort ?? ""),
    filter: (name) => String(search[name] ?? ""),
    set,
  };
}

/** A text that is typed at once and told on when the typing pauses. */
export function useTyped(value: string, tell: (value: string) => void): [string, (value: string) => void] {
  const [typed, setTyped] = useState(value);
  const told = useRef(value);
  const say = useRef(tell);
  say.current = tell;
  useEffect(() => {
    if (value !== told.current) {
      told.current = value;
      setTyped(value);
    }
  }, [value]);
  useEffect(() => {
    if (typed === told.current) return;
    const timer = setTimeout(() => {
      told.current = typed;
      say.current(typed);
    }, 250);
    return () => clearTimeout(timer);
  }, [typed]);
  return [typed, setTyped];
}
