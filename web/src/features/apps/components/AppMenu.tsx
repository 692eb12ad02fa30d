import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed, useApp } from "../../../api/session";
import { Confirm, ConfirmByTyping } from "../../../ui/Confirm";
import { useFormat } from "../../../ui/format";
import { MoreIcon } from "../../../ui/icons";
import { MenuButton, MenuItem } from "../../../ui/Menu";
import { Note } from "../../../ui/Note";
import { say, sayError } from "../../../ui/Toasts";
import { type AppCard, useDeleteApp, useStartApp, useStopApp } from "../api";

interface Props {
  app: Pick<AppCard, "SDKAppID" | "Name" | "Status">;
  trigger?: ReactNode;
}

/** What can be done with an app as a whole: upgrade, disable and enable, delete. */
export function AppMenu({ app, trigger = <MoreIcon /> }: Props) {
  const { t } = useTranslation("apps");
  const navigate = useNavigate();
  const [open, setOpen] = useState<"stop" | "delete" | "">("");
  const start = useStartApp();
  const lock = (action: string, allowed: boolean | undefined) =>
    allowed === false
      ? t("locked.policy", { action: `name/${action}`, resource: `sdkappid/${app.SDKAppID}` })
      : undefined;
  const noStop = lock("im:StopSdkAppId", useAllowed("im:StopSdkAppId", app.SDKAppID));
  const noStart = lock("im:StartSdkAppId", useAllowed("im:StartSdkAppId", app.SDKAppID));
  const noDelete = lock("im:DeleteSdkappid", useAllowed("im:DeleteSdkappid", app.SDKAppID));
  const inUse = app.Status === "enabled" || app.Status === "expired";
  return (
    <>
      <MenuButton label={t("menu.label", { name: app.Name })} trigger={trigger}>
        {(close) => (
          <>
            <MenuItem
              onClick={() => {
                close();
                void navigate({ to: "/apps/$app/plan", params: { app: String(app.SDKAppID) } });
              }}
            >
              {t("menu.plan")}
            </MenuItem>
            {inUse ? (
              <MenuItem
                disabled={Boolean(noStop)}
                title={noStop}
                onClick={() => {
                  close();
                  setOpen("stop");
                }}
              >
                {t("menu.stop")}
              </MenuItem>
            ) : (
              <MenuItem
                disabled={app.Status === "deleting" || Boolean(noStart)}
                title={noStart}
                onClick={() => {
                  close();
                  start.mutate(
                    { SDKAppID: app.SDKAppID },
                    { onSuccess: () => say(t("stop.started", { name: app.Name })), onError: sayError },
                  );
                }}
              >
                {t("menu.start")}
              </MenuItem>
            )}
            <div className="menu__line" />
            <MenuItem
              danger={!inUse}
              disabled={app.Status !== "disabled" || Boolean(noDelete)}
              title={noDelete ?? (app.Status === "disabled" ? undefined : t("delete.onlyDisabled"))}
              onClick={() => {
                close();
                setOpen("delete");
              }}
            >
              {t("menu.delete")}
            </MenuItem>
            {inUse && <p className="menu__head quiet">{t("delete.onlyDisabled")}</p>}
          </>
        )}
      </MenuButton>
      {open === "stop" && <StopApp app={app} onClose={() => setOpen("")} />}
      {open === "delete" && <DeleteApp app={app} onClose={() => setOpen("")} />}
    </>
  );
}

function StopApp({ app, onClose }: Pick<Props, "app"> & { onClose: () => void }) {
  const { t } = useTranslation("apps");
  const stop = useStopApp();
  const start = useStartApp();
  const done = () => {
    onClose();
    say(t("stop.stopped", { name: app.Name }), () => start.mutate({ SDKAppID: app.SDKAppID }, { onError: sayError }));
  };
  return (
    <Confirm
      title={t("stop.title", { name: app.Name })}
      submit={t("menu.stop")}
      busy={stop.isPending}
      error={stop.error}
      onClose={onClose}
      onConfirm={() => stop.mutate({ SDKAppID: app.SDKAppID }, { onSuccess: done })}
    >
      <p>{t("stop.about")}</p>
    </Confirm>
  );
}

function DeleteApp({ app, onClose }: Pick<Props, "app"> & { onClose: () => void }) {
  const { t } = useTranslation("apps");
  const format = useFormat();
  const remove = useDeleteApp();
  const details = useApp(app.SDKAppID).data;
  const navigate = useNavigate();
  const done = () => {
    onClose();
    say(t("delete.begun", { name: app.Name }));
    void navigate({ to: "/" });
  };
  return (
    <ConfirmByTyping
      title={t("delete.title", { name: app.Name })}
      name={app.Name}
      submit={t("delete.submit")}
      busy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() => remove.mutate({ SDKAppID: app.SDKAppID, ConfirmName: app.Name }, { onSuccess: done })}
    >
      <Note tone="error">
        {details
          ? t("delete.about", { count: details.AccountCount, number: format.number(details.AccountCount) })
          : t("delete.aboutShort")}
      </Note>
    </ConfirmByTyping>
  );
}
