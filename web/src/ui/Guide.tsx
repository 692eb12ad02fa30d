import i18next from "i18next";
import { type ComponentType, createContext, type FunctionComponent, useContext, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { guideOf } from "../i18n";
import { IconButton } from "./Button";
import { Dialog } from "./Dialog";
import "./guide.css";
import { HelpCircleIcon } from "./icons";
import { Skeleton } from "./Skeleton";

interface PageName {
  feature: string;
  page: string;
}

const Here = createContext<PageName | undefined>(undefined);

/** A route's page, which knows where its guide is. */
export function withGuide<P extends object>(name: PageName, Inner: ComponentType<P>): FunctionComponent<P> {
  return function Guided(props: P) {
    return (
      <Here.Provider value={name}>
        <Inner {...props} />
      </Here.Provider>
    );
  };
}

/** Opens the guide of the page that it stands on. Nothing of it is fetched before. `quiet`: a picture without words. */
export function GuideButton({ quiet }: { quiet?: boolean }) {
  const { t } = useTranslation();
  const here = useContext(Here);
  const [open, setOpen] = useState(false);
  if (!here) return null;
  return (
    <>
      {quiet ? (
        <IconButton icon={<HelpCircleIcon />} label={t("guide.open")} onClick={() => setOpen(true)} />
      ) : (
        <button type="button" className="linklike guide__open" onClick={() => setOpen(true)}>
          <HelpCircleIcon /> {t("guide.open")}
        </button>
      )}
      {open && <Guide {...here} onClose={() => setOpen(false)} />}
    </>
  );
}

const PARTS = ["first", "limits", "clients"] as const;

/** What a page is for, what to do first, its limits, what clients notice of it, and the calls behind it. */
function Guide({ feature, page, onClose }: PageName & { onClose: () => void }) {
  const space = guideOf(feature);
  const { t, i18n } = useTranslation();
  const [ready, setReady] = useState(i18n.hasLoadedNamespace(space));
  useEffect(() => {
    let gone = false;
    void i18next.loadNamespaces(space).then(() => gone || setReady(true));
    return () => {
      gone = true;
    };
  }, [space]);
  const text = (key: string) => i18n.t(`${page}.${key}`, { ns: space });
  const list = (key: string) => {
    const found = i18n.t(`${page}.${key}`, { ns: space, returnObjects: true, defaultValue: [] }) as unknown;
    return Array.isArray(found) ? (found as string[]) : [];
  };
  return (
    <Dialog
      title={ready ? `${t("guide.open")} · ${text("title")}` : t("guide.open")}
      at="right"
      width={480}
      onClose={onClose}
    >
      {ready ? (
        <div className="guide">
          <p>
            <Marked text={text("about")} />
          </p>
          {PARTS.map((part) => (
            <Part key={part} title={t(`guide.${part}`)} lines={list(part)} numbered={part === "first"} />
          ))}
          <Part title={t("guide.api")} lines={list("api").map((call) => `\`${call}\``)} />
        </div>
      ) : (
        <Skeleton rows={8} />
      )}
    </Dialog>
  );
}

function Part({ title, lines, numbered }: { title: string; lines: string[]; numbered?: boolean }) {
  if (!lines.length) return null;
  const List = numbered && lines.length > 1 ? "ol" : "ul";
  return (
    <section>
      <h3 className="guide__title">{title}</h3>
      <List>
        {lines.map((line) => (
          <li key={line}>
            <Marked text={line} />
          </li>
        ))}
      </List>
    </section>
  );
}

/** Text whose parts between backticks are code. */
function Marked({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    // The parts of one sentence never move.
    index % 2 ? <code key={index}>{part}</code> : part,
  );
}
