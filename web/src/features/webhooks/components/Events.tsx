import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { Locked } from "../../../ui/Locked";
import { SettingCard, SettingRow } from "../../../ui/Page";
import { Switch } from "../../../ui/Switch";
import { Tag } from "../../../ui/Tag";
import { say, sayError } from "../../../ui/Toasts";
import { type Command, type Config, FAMILIES, familyOf, useSet } from "../api";
import { useCommandName } from "../useCommandName";
import { TestEvent } from "./TestEvent";

/** A switch for each event, in the original's groups. */
export function Events({ app, config }: { app: number; config: Config }) {
  const { t } = useTranslation("webhooks");
  const families = [...FAMILIES, "other" as const].filter((family) =>
    config.Commands.some(({ Command }) => familyOf(Command) === family),
  );
  return families.map((family) => (
    <SettingCard key={family} title={t(`family.${family}`)} lead={t(`familyAbout.${family}`)}>
      {config.Commands.filter(({ Command }) => familyOf(Command) === family).map((command) => (
        <Event key={command.Command} app={app} config={config} command={command} />
      ))}
    </SettingCard>
  ));
}

function Event({ app, config, command }: { app: number; config: Config; command: Command }) {
  const { t } = useTranslation("webhooks");
  const nameOf = useCommandName();
  const set = useSet();
  const [testing, setTesting] = useState(false);
  const name = nameOf(command.Command);
  const on = new Set(config.Commands.filter(({ On }) => On).map(({ Switch }) => Switch));
  const shared = config.Commands.filter(({ Switch }) => Switch === command.Switch).length > 1;
  const apply = (version: number, next: boolean, undo: boolean) => {
    const wanted = new Set(on);
    if (next) wanted.add(command.Switch);
    else wanted.delete(command.Switch);
    set.mutate(
      { SDKAppID: app, Version: version, Commands: [...wanted] },
      {
        onSuccess: ({ Version }) =>
          say(t(next ? "event.on" : "event.off", { name }), undo ? () => apply(Version, !next, false) : undefined),
        onError: sayError,
      },
    );
  };
  return (
    <SettingRow
      name={name}
      about={
        <>
          <code className="break">{command.Command}</code>{" "}
          <Tag tone={command.Kind === "before" ? "warning" : "default"}>{t(`kind.${command.Kind}`)}</Tag>
          {shared && ` ${t("event.shared")}`}
        </>
      }
    >
      <Locked action="im:SendTestCallback" app={app}>
        {(lock) => (
          <Button
            small
            kind="text"
            title={lock.title}
            disabled={lock.disabled || !config.Url}
            aria-label={t("test.of", { name })}
            onClick={() => setTesting(true)}
          >
            {t("test.open")}
          </Button>
        )}
      </Locked>
      <Locked action="im:SetCallBack" app={app}>
        {(lock) => (
          <span title={lock.title}>
            <Switch
              on={command.On}
              label={name}
              busy={set.isPending}
              disabled={lock.disabled}
              onChange={(next) => apply(config.Version, next, true)}
            />
          </span>
        )}
      </Locked>
      {testing && <TestEvent app={app} command={command.Command} onClose={() => setTesting(false)} />}
    </SettingRow>
  );
}
