import { useState } from "react";
import { useTranslation } from "react-i18next";
import { limitOf } from "../../../api/limits";
import { Button } from "../../../ui/Button";
import { Confirm } from "../../../ui/Confirm";
import { NameCell } from "../../../ui/cells";
import { FormDialog } from "../../../ui/Dialog";
import { ByteInput } from "../../../ui/Field";
import { TimeText, useFormat } from "../../../ui/format";
import { Locked } from "../../../ui/Locked";
import { Empty, RefreshButton, SettingCard } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { Tag } from "../../../ui/Tag";
import { say } from "../../../ui/Toasts";
import { useTableState } from "../../../ui/tableState";
import { isUnderWay, type Task, useRevoke, useTasks } from "../api";
import { TaskFacts } from "./TaskFacts";
import { Progress, TONES, Whom } from "./taskParts";

const A_DAY = 86_400;

/** Pushes to many, the newest first, each with how far it is; they can be taken back for a day. */
export function Tasks({ app }: { app: number }) {
  const { t } = useTranslation("push");
  const format = useFormat();
  const state = useTableState();
  const query = useTasks(app, Number(state.after) || 0, state.size);
  const { data, error, refetch, isPlaceholderData, isFetching } = query;
  const [back, setBack] = useState<Task>();
  const [shown, setShown] = useState("");
  const open = data?.Tasks.find(({ TaskId }) => TaskId === shown);
  const revocable = (row: Task) =>
    row.State !== "planned" &&
    !row.Revokes &&
    row.State !== "revoked" &&
    Date.now() / 1000 - row.CreateTime < A_DAY &&
    Boolean(row.Desc);
  return (
    <SettingCard
      title={t("tabs.report")}
      lead={t("report.about")}
      actions={<RefreshButton busy={isFetching && !data?.Tasks.some(isUnderWay)} onClick={() => void refetch()} />}
    >
      <ResourceTable<Task>
        label={t("tabs.report")}
        state={state}
        rows={data?.Tasks}
        rowKey={(row) => row.TaskId}
        paging={{ kind: "cursor", next: data?.Next ? String(data.Next) : "" }}
        error={error}
        onRetry={() => refetch()}
        stale={isPlaceholderData}
        columns={[
          {
            key: "words",
            title: t("report.words"),
            role: "person",
            render: (row) => (
              <NameCell
                name={row.Title || row.Desc || row.Text}
                more={row.Revokes ? t("report.revoking") : row.Title ? row.Desc : row.From}
                onOpen={() => setShown(row.TaskId)}
              />
            ),
          },
          { key: "whom", title: t("whom.label"), role: "detail", render: (row) => <Whom condition={row.Condition} /> },
          {
            key: "state",
            title: t("report.state"),
            role: "state",
            render: (row) => <Tag tone={TONES[row.State]}>{t(`state.${row.State}`)}</Tag>,
          },
          { key: "done", title: t("report.accounts"), render: (row) => <Progress task={row} /> },
          { key: "devices", title: t("report.devices"), number: true, render: (row) => format.number(row.Devices) },
          { key: "time", title: t("time"), role: "time", render: (row) => <TimeText at={row.CreateTime} /> },
        ]}
        actions={(row) =>
          (row.State === "planned" || revocable(row)) && (
            <Locked action="im:RevokePushTask" app={app}>
              {(lock) => (
                <Button kind="text" small {...lock} onClick={() => setBack(row)}>
                  {t(row.State === "planned" ? "unplan.open" : "revoke.open")}
                </Button>
              )}
            </Locked>
          )
        }
        empty={<Empty title={t("report.empty")} about={t("report.emptyAbout")} />}
      />
      {open && <TaskFacts task={open} onClose={() => setShown("")} />}
      {back?.State === "planned" && <Unplan app={app} task={back} onClose={() => setBack(undefined)} />}
      {back && back.State !== "planned" && <Revoke app={app} task={back} onClose={() => setBack(undefined)} />}
    </SettingCard>
  );
}

/** A push that is still to begin: nobody has it, so nothing need be said to anybody. */
function Unplan({ app, task, onClose }: { app: number; task: Task; onClose: () => void }) {
  const { t } = useTranslation("push");
  const revoke = useRevoke();
  return (
    <Confirm
      title={t("unplan.title")}
      submit={t("unplan.open")}
      busy={revoke.isPending}
      error={revoke.error}
      onClose={onClose}
      onConfirm={() =>
        revoke.mutate(
          { SDKAppID: app, TaskId: task.TaskId, Desc: t("revoke.sample") },
          {
            onSuccess: () => {
              say(t("unplan.done"));
              onClose();
            },
          },
        )
      }
    >
      <p>
        {t("compose.begins")} <TimeText at={task.StartTime} />
      </p>
      <p>{t("unplan.about")}</p>
    </Confirm>
  );
}

function Revoke({ app, task, onClose }: { app: number; task: Task; onClose: () => void }) {
  const { t } = useTranslation("push");
  const [title, setTitle] = useState(task.Title);
  const [desc, setDesc] = useState(t("revoke.sample"));
  const revoke = useRevoke();
  const max = limitOf("im/RevokePushTask", "Desc").max;
  const maxTitle = limitOf("im/RevokePushTask", "Title").max;
  return (
    <FormDialog
      danger
      title={t("revoke.title")}
      submit={t("revoke.open")}
      busy={revoke.isPending}
      disabled={!desc.trim() || [...desc].length > max || [...title].length > maxTitle}
      error={revoke.error}
      onClose={onClose}
      onSubmit={() =>
        revoke.mutate(
          { SDKAppID: app, TaskId: task.TaskId, Title: title, Desc: desc },
          {
            onSuccess: () => {
              say(t("revoke.done"));
              onClose();
            },
          },
        )
      }
    >
      <p>{t("revoke.about")}</p>
      <ByteInput label={t("compose.title")} unit="letters" max={maxTitle} value={title} onChange={setTitle} />
      <ByteInput label={t("compose.desc")} required unit="letters" rows={2} max={max} value={desc} onChange={setDesc} />
    </FormDialog>
  );
}
