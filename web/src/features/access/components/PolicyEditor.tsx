import { lazy, Suspense, useEffect, useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Mistake } from "../../../api/client";
import { ErrorCircleFilledIcon } from "../../../ui/icons";
import { Skeleton } from "../../../ui/Skeleton";
import { useEveryApp } from "../../apps/api";
import { useActions, useCheckSyntax } from "../api";
import "../access.css";

// Of a size that only those who write policies should wait for.
const CodeEditor = lazy(() => import("../editor/CodeEditor"));
const Changes = lazy(() => import("../editor/CodeEditor").then((module) => ({ default: module.Changes })));

interface Props {
  value: string;
  onChange: (value: string) => void;
  readOnly?: boolean;
}

/** Whether the server finds the document right; undefined while typing goes on and while it is asked. */
export function useSyntax(document: string): { valid: boolean | undefined; mistakes: Mistake[] } {
  const [asked, setAsked] = useState(document);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(document), 250);
    return () => clearTimeout(timer);
  }, [document]);
  const { data, isPlaceholderData } = useCheckSyntax(asked);
  if (!document.trim()) return { valid: false, mistakes: [] };
  const known = asked === document && !isPlaceholderData;
  return { valid: known ? data?.Valid : undefined, mistakes: (data?.Mistakes as Mistake[] | undefined) ?? [] };
}

/** What can stand in a policy, with what it means. */
function useOffers() {
  const { t } = useTranslation("access");
  const actions = useActions().data?.Actions;
  const apps = useEveryApp();
  const names = apps.map(({ SDKAppID, Name }) => `${SDKAppID} ${Name}`).join("\n");
  return useMemo(
    () => ({
      effect: (["allow", "deny"] as const).map((label) => ({ label, about: t(`gen.${label}`) })),
      action: (actions ?? []).map((one) => ({ label: `name/${one.Service}:${one.Action}`, about: one.Description })),
      resource: apps.map(({ SDKAppID, Name }) => ({ label: `qcs::im::uin/:sdkappid/${SDKAppID}`, about: Name })),
    }),
    [actions, names, t],
  );
}

/** A policy document as text, checked by the server while one types; a click on a mistake leads to its place. */
export function PolicyEditor({ value, onChange, readOnly }: Props) {
  const { t, i18n } = useTranslation("access");
  const list = useId();
  const offers = useOffers();
  const { mistakes } = useSyntax(value);
  const [place, setPlace] = useState<{ at: number }>();
  const meaning = ({ Code, Message }: Mistake) => {
    const key = `policy.mistake.${Code}`;
    return i18n.exists(key, { ns: "access" }) ? `${t(key)} (${Message})` : Message;
  };
  const wrongs = useMemo(
    () => mistakes.map((one) => ({ at: one.Offset ?? 0, message: meaning(one) })),
    [mistakes, i18n.language],
  );
  return (
    <div className="editor">
      <span className="field__label">{t("policy.document")}</span>
      <Suspense fallback={<Skeleton rows={8} />}>
        <CodeEditor
          label={t("policy.document")}
          value={value}
          onChange={onChange}
          readOnly={readOnly}
          wrongs={wrongs}
          offers={offers}
          place={place}
        />
      </Suspense>
      {!readOnly && <p className="field__hint">{t("policy.editorHint")}</p>}
      <ul id={list} className="mistakes" aria-live="polite">
        {mistakes.map((mistake) => (
          <li key={`${mistake.Offset}-${mistake.Code}-${mistake.Message}`}>
            <button type="button" className="linklike danger" onClick={() => setPlace({ at: mistake.Offset ?? 0 })}>
              <ErrorCircleFilledIcon /> {t("policy.at", { line: mistake.Line, column: mistake.Column })}{" "}
              {meaning(mistake)} <code>{mistake.Code}</code>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What a new version takes out of a policy and puts in. */
export function DocumentChanges({ before, after }: { before: string; after: string }) {
  const { t } = useTranslation("access");
  return (
    <section aria-label={t("policy.changes")}>
      <p className="field__label">{t("policy.changes")}</p>
      <Suspense fallback={<Skeleton rows={4} />}>
        <Changes before={before} after={after} label={t("policy.changes")} />
      </Suspense>
    </section>
  );
}
