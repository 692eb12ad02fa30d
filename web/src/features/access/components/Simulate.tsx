import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "../../../ui/Button";
import { ErrorNote } from "../../../ui/ErrorNote";
import { SelectField } from "../../../ui/Field";
import { Note } from "../../../ui/Note";
import { SettingCard } from "../../../ui/Page";
import { type Choice, Picker } from "../../../ui/Picker";
import { useAppChoices } from "../../apps/api";
import { type User, useActions, useSimulate } from "../api";

/** Whether a sub-user may do something, and which statements decide it. */
export function Simulate({ user }: { user: User }) {
  const { t } = useTranslation("access");
  const actions = useActions().data?.Actions ?? [];
  const [action, setAction] = useState("im:DescribeSdkAppInfo");
  const [app, setApp] = useState<Choice>();
  const simulate = useSimulate();
  const found = actions.find((one) => `${one.Service}:${one.Action}` === action);
  const needsApp = found?.Level === "app";
  const result = simulate.data;
  return (
    <SettingCard title={t("simulate.title")} lead={t("simulate.lead", { name: user.Name })}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          simulate.mutate({ TargetUin: user.Uin, Action: action, ...(needsApp && app ? { SDKAppID: app.id } : {}) });
        }}
      >
        <div className="form__pair">
          <SelectField
            label={t("simulate.action")}
            value={action}
            onChange={setAction}
            options={actions.map((one) => {
              const id = `${one.Service}:${one.Action}`;
              return { value: id, label: id };
            })}
            hint={found?.Description}
          />
          {needsApp && (
            <div>
              <p className="field__label">{t("simulate.app")}</p>
              <Picker
                one
                label={t("simulate.app")}
                useChoices={useAppChoices}
                value={app ? [app] : []}
                onChange={([chosen]) => setApp(chosen)}
              />
            </div>
          )}
        </div>
        <div>
          <Button type="submit" kind="primary" busy={simulate.isPending} disabled={needsApp && !app}>
            {t("simulate.submit")}
          </Button>
        </div>
        {simulate.error && <ErrorNote error={simulate.error} />}
        {result && (
          <Note tone={result.Allowed ? "success" : "error"}>
            <p className="note__title">{t(`simulate.${result.Decision}`)}</p>
            {result.Statements.map((one) => (
              <p key={`${one.PolicyId}-${one.Index}`}>
                {t("simulate.because", { policy: one.PolicyName, index: one.Index + 1, effect: one.Effect })}
              </p>
            ))}
          </Note>
        )}
      </form>
    </SettingCard>
  );
}
