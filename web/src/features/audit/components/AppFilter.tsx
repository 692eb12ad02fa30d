import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useApp } from "../../../api/session";
import { Button } from "../../../ui/Button";
import { FormDialog } from "../../../ui/Dialog";
import { ChevronDownIcon } from "../../../ui/icons";
import { type Choice, Picker } from "../../../ui/Picker";
import { useAppChoices } from "../../apps/api";

/** The app that events are about; 0: any. A deleted one has its number alone. */
export function AppFilter({ app, onChange }: { app: number; onChange: (app: number) => void }) {
  const { t } = useTranslation("audit");
  const [open, setOpen] = useState(false);
  const [chosen, setChosen] = useState<Choice>();
  const name = useApp(app).data?.Name;
  const set = (next: number) => {
    onChange(next);
    setOpen(false);
  };
  return (
    <>
      <Button
        onClick={() => {
          setChosen(app ? { id: app, name: name ?? String(app) } : undefined);
          setOpen(true);
        }}
      >
        {app ? (name ?? String(app)) : t("table.all", { label: t("app") })} <ChevronDownIcon className="audit__open" />
      </Button>
      {open && (
        <FormDialog
          title={t("app")}
          submit={t("action.show")}
          disabled={!chosen}
          onClose={() => setOpen(false)}
          onSubmit={() => set(chosen?.id ?? 0)}
        >
          <Picker
            one
            label={t("app")}
            useChoices={useAppChoices}
            value={chosen ? [chosen] : []}
            onChange={([one]) => setChosen(one)}
          />
          {app > 0 && (
            <div>
              <Button onClick={() => set(0)}>{t("table.showAll")}</Button>
            </div>
          )}
        </FormDialog>
      )}
    </>
  );
}
