import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { useFormat } from "../../../ui/format";
import { AddIcon, DownloadIcon, UploadIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, Page, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say, sayError } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { allWords, useDeleteWords, useWordList, type Word } from "../api";
import { AddWord } from "../components/AddWord";
import { ImportWords } from "../components/ImportWords";
import { TryText } from "../components/TryText";
import { inside, TONES } from "../tones";
import { fileOf } from "../wordsFile";

type Open =
  | { kind: "add" | "import" }
  | { kind: "change"; word: Word }
  | { kind: "remove"; words: Word[]; clear: () => void };

/** What an app's texts may not hold: the list, files of it, and a field to try a text. */
export function Words() {
  const { t } = useTranslation("words");
  const app = Number(useParams({ strict: false }).app);
  const format = useFormat();
  const state = useTableState();
  const list = useWordList(app, state.after, state.size);
  const [open, setOpen] = useState<Open>();
  const [saving, setSaving] = useState(false);
  const close = () => setOpen(undefined);
  const download = async () => {
    setSaving(true);
    try {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([fileOf(await allWords(app))], { type: "text/plain" }));
      link.download = `words-${app}.txt`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      sayError(error);
    } finally {
      setSaving(false);
    }
  };
  const add = (
    <Locked action="im:AddDirtyWords" app={app}>
      {(lock) => (
        <Button kind="primary" icon={<AddIcon />} {...lock} onClick={() => setOpen({ kind: "add" })}>
          {t("add")}
        </Button>
      )}
    </Locked>
  );
  return (
    <Page
      title={t("nav.words")}
      lead={t("lead")}
      actions={
        <>
          <ApiCallButton
            calls={[
              { title: t("api.list"), call: { cloud: "im/DescribeDirtyWords", body: { SDKAppID: app, Limit: 100 } } },
              {
                title: t("api.add"),
                call: {
                  cloud: "im/AddDirtyWords",
                  body: { SDKAppID: app, Words: [{ Word: "casino", Action: "Block" }] },
                },
              },
              {
                title: t("api.try"),
                call: { cloud: "im/SearchDirtyWords", body: { SDKAppID: app, Text: "a text" } },
              },
            ]}
          />
          {add}
        </>
      }
    >
      <SettingCard
        title={t("list")}
        lead={list.data ? t("count", { count: list.data.TotalCount, number: format.number(list.data.TotalCount) }) : ""}
        actions={
          <>
            <Locked action="im:AddDirtyWords" app={app}>
              {(lock) => (
                <Button icon={<UploadIcon />} {...lock} onClick={() => setOpen({ kind: "import" })}>
                  {t("action.import")}
                </Button>
              )}
            </Locked>
            <Button
              icon={<DownloadIcon />}
              busy={saving}
              disabled={!list.data?.TotalCount}
              onClick={() => void download()}
            >
              {t("action.export")}
            </Button>
          </>
        }
      >
        <ResourceTable<Word>
          label={t("list")}
          state={state}
          rows={list.data?.Words}
          rowKey={(row) => row.Word}
          paging={{ kind: "cursor", next: list.data?.Cursor ?? "" }}
          error={list.error}
          onRetry={() => list.refetch()}
          stale={list.isPlaceholderData}
          columns={[
            { key: "word", title: t("word"), render: (row) => <strong className="break">{row.Word}</strong> },
            {
              key: "what",
              title: t("what"),
              role: "state",
              render: (row) => <Tag tone={TONES[row.Action]}>{t(`actions.${row.Action}`)}</Tag>,
            },
            {
              key: "replacement",
              title: t("replacement"),
              role: "detail",
              render: (row) => (row.Action === "Replace" ? row.Replacement || t("stars") : "–"),
            },
            { key: "where", title: t("where"), role: "state", render: (row) => t(inside(row) ? "anywhere" : "whole") },
          ]}
          bulk={(rows, clear) => (
            <Locked action="im:DeleteDirtyWords" app={app}>
              {(lock) => (
                <Button kind="danger" {...lock} onClick={() => setOpen({ kind: "remove", words: rows, clear })}>
                  {t("action.remove")}
                </Button>
              )}
            </Locked>
          )}
          actions={(row) => (
            <Locked action="im:AddDirtyWords" app={app}>
              {(lock) => (
                <Button kind="text" {...lock} onClick={() => setOpen({ kind: "change", word: row })}>
                  {t("action.edit")}
                </Button>
              )}
            </Locked>
          )}
          empty={
            <Empty title={t("empty")} about={t("emptyAbout")}>
              {add}
            </Empty>
          }
        />
      </SettingCard>
      <TryText app={app} />
      {open?.kind === "add" && <AddWord app={app} onClose={close} />}
      {open?.kind === "change" && <AddWord app={app} word={open.word} onClose={close} />}
      {open?.kind === "import" && <ImportWords app={app} onClose={close} />}
      {open?.kind === "remove" && <RemoveWords app={app} words={open.words} clear={open.clear} onClose={close} />}
    </Page>
  );
}

interface Removing {
  app: number;
  words: Word[];
  clear: () => void;
  onClose: () => void;
}

function RemoveWords({ app, words, clear, onClose }: Removing) {
  const { t } = useTranslation("words");
  const remove = useDeleteWords();
  return (
    <Confirm
      title={t("remove.title", { count: words.length })}
      submit={t("action.remove")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() =>
        remove.mutate(
          { SDKAppID: app, Words: words.map(({ Word }) => Word) },
          {
            onSuccess: () => {
              say(t("remove.done", { count: words.length }));
              clear();
              onClose();
            },
          },
        )
      }
    >
      <p>{t("remove.about")}</p>
    </Confirm>
  );
}
