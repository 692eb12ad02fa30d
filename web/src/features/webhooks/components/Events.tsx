import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { Checkbox } from "../../../ui/Field";
import { useFormat } from "../../../ui/format";
import { SearchIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Empty, SettingCard, SettingRow } from "../../../ui/Page";
import { Switch } from "../../../ui/Switch";
import { Tag } from "../../../ui/Tag";
import { say, sayError } from "../../../ui/Toasts";
import { type Command, type Config, FAMILIES, familyOf, switched, useSet } from "../api";
import { useCommandName } from "../useCommandName";
import { TestEvent } from "./TestEvent";

/** A switch for each event, in the original's groups; of some sixty one finds one by its name or the wire's. */
export function Events({ app, config }: { app: number; config: Config }) {
  const { t } = useTranslation("webhooks");
  const format = useFormat();
  const nameOf = useCommandName();
  const [typed, setTyped] = useState("");
  const [onOnly, setOnOnly] = useState(false);
  const all = config.Commands.length;
  const on = config.Commands.filter(({ On }) => On).length;
  const wanted = typed.trim().toLowerCase();
  const found = config.Commands.filter(
    ({ Command, On }) => (On || !onOnly) && `${nameOf(Command)} ${Command}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <SettingCard
        title={t("events.title")}
        lead={t("events.lead", { on: format.number(on), all: format.number(all) })}
      >
        <div className="row">
          <label className="table__search">
            <SearchIcon />
            <span className="visually-hidden">{t("events.search")}</span>
            <input
              type="search"
              placeholder={t("events.search")}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </label>
          <Checkbox label={t("events.onOnly")} checked={onOnly} onChange={setOnOnly} />
        </div>
        {!found.length && (
          <Empty title={t("table.nothingFound")} about={t("table.nothingFoundAbout")}>
            <Button
              onClick={() => {
                setTyped("");
                setOnOnly(false);
              }}
            >
              {t("table.showAll")}
            </Button>
          </Empty>
        )}
      </SettingCard>
      {FAMILIES.map((family) => {
        const some = found.filter(({ Command }) => familyOf(Command) === family);
        if (!some.length) return null;
        return (
          <SettingCard key={family} title={t(`family.${family}`)} lead={t(`familyAbout.${family}`)}>
            {some.map((command) => (
              <Event key={command.Command} app={app} config={config} command={command} />
            ))}
          </SettingCard>
        );
      })}
    </>
  );
}

function Event({ app, config, command }: { app: number; config: Config; command: Command }) {
  const { t } = useTranslation("webhooks");
  const nameOf = useCommandName();
  const set = useSet(app);
  const [testing, setTesting] = useState(false);
  const name = nameOf(command.Command);
  const shared = config.Commands.filter(({ Switch }) => Switch === command.Switch).length > 1;
  const apply = (next: boolean, undo: boolean) =>
    set.mutate((now) => switched(now, command.Switch, next), {
      onSuccess: () => say(t(next ? "event.on" : "event.off", { name }), undo ? () => apply(!next, false) : undefined),
      onError: sayError,
    });
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
              onChange={(next) => apply(next, true)}
            />
          </span>
        )}
      </Locked>
      {testing && <TestEvent app={app} command={command.Command} onClose={() => setTesting(false)} />}
    </SettingRow>
  );
}
