import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Data } from "../../../api/client";
import { limitOf } from "../../../api/limits";
import { Button, IconButton } from "../../../ui/Button";
import { FormDialog } from "../../../ui/Dialog";
import { Checkbox, SelectField, TextField } from "../../../ui/Field";
import { AddIcon, DeleteIcon, EditIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { Note } from "../../../ui/Note";
import { Empty, Loaded, SettingCard } from "../../../ui/Page";
import { Tag } from "../../../ui/Tag";
import { say } from "../../../ui/Toasts";
import { useLoginAddresses, useSetLoginAddresses } from "../api";
import "../access.css";

type Stored = Data<"cam/DescribeSubAccountLoginIpPolicy">;
type Effect = Stored["IpPolicies"][number]["Effect"];

/** From which addresses sub-users may sign in and call the cloud API. */
export function LoginAddresses() {
  const { t } = useTranslation("access");
  const rules = useLoginAddresses();
  const [open, setOpen] = useState(false);
  const edit = (
    <Locked action="cam:CreateSubAccountLoginIpPolicy">
      {(lock) => (
        <Button icon={<EditIcon />} {...lock} onClick={() => setOpen(true)}>
          {t("action.edit")}
        </Button>
      )}
    </Locked>
  );
  return (
    <SettingCard title={t("addresses.title")} lead={t("addresses.lead")} actions={edit}>
      <Loaded query={rules} rows={2}>
        {(stored) => (
          <>
            {stored.IpPolicies.length ? (
              <div className="stack">
                {stored.DisablePolicy === 1 && <Note>{t("addresses.notInForce")}</Note>}
                <ul className="addresses">
                  {stored.IpPolicies.map(({ IP, Effect }) => (
                    <li key={`${Effect} ${IP}`} className="row row--tight">
                      <Tag tone={Effect === "Allow" ? "success" : "danger"}>{t(`addresses.${Effect}`)}</Tag>
                      <span className="mono break">{IP}</span>
                    </li>
                  ))}
                </ul>
              </div>
            ) : (
              <Empty title={t("addresses.empty")} about={t("addresses.emptyAbout")} />
            )}
            {open && <EditAddresses stored={stored} onClose={() => setOpen(false)} />}
          </>
        )}
      </Loaded>
    </SettingCard>
  );
}

function EditAddresses({ stored, onClose }: { stored: Stored; onClose: () => void }) {
  const { t } = useTranslation("access");
  const [lines, setLines] = useState(() => stored.IpPolicies.map((line, id) => ({ ...line, id })));
  const [off, setOff] = useState(stored.DisablePolicy === 1);
  const set = useSetLoginAddresses();
  const most = limitOf("cam/CreateSubAccountLoginIpPolicy", "IpPolicies").max;
  const letters = limitOf("cam/CreateSubAccountLoginIpPolicy", "IpPolicies.IP").max;
  const change = (id: number, part: { IP?: string; Effect?: Effect }) =>
    setLines(lines.map((line) => (line.id === id ? { ...line, ...part } : line)));
  const add = (IP: string) =>
    setLines([...lines, { id: Math.max(-1, ...lines.map(({ id }) => id)) + 1, IP, Effect: "Allow" }]);
  const wrong = lines.some(({ IP }) => !IP.trim() || IP.length > letters);
  return (
    <FormDialog
      title={t("addresses.title")}
      at="right"
      width={600}
      submit={t("action.save")}
      busy={set.isPending}
      disabled={wrong}
      error={set.error}
      onClose={onClose}
      onSubmit={() =>
        set.mutate(
          { IpPolicies: lines.map(({ IP, Effect }) => ({ IP, Effect })), DisablePolicy: off ? 1 : 0, PolicyType: 1 },
          {
            onSuccess: () => {
              say(t("action.saved"));
              onClose();
            },
          },
        )
      }
    >
      <p>{t("addresses.how")}</p>
      <p className="quiet">
        {t("addresses.you")} <span className="mono break">{stored.ClientIp}</span>
      </p>
      {lines.map((line, index) => (
        <div key={line.id} className="address">
          <TextField
            label={t("addresses.one", { number: index + 1 })}
            mono
            autoFocus={!line.IP}
            placeholder="198.51.100.0/24"
            value={line.IP}
            onChange={(IP) => change(line.id, { IP })}
          />
          <SelectField
            label={t("gen.effect")}
            value={line.Effect}
            onChange={(Effect) => change(line.id, { Effect })}
            options={(["Allow", "Deny"] as const).map((value) => ({ value, label: t(`addresses.${value}`) }))}
          />
          <IconButton
            icon={<DeleteIcon />}
            label={t("addresses.remove", { number: index + 1 })}
            onClick={() => setLines(lines.filter(({ id }) => id !== line.id))}
          />
        </div>
      ))}
      <div className="row">
        <Button kind="text" icon={<AddIcon />} disabled={lines.length >= most} onClick={() => add("")}>
          {t("addresses.add")}
        </Button>
        {!lines.some(({ IP }) => IP === stored.ClientIp) && (
          <Button kind="text" disabled={lines.length >= most} onClick={() => add(stored.ClientIp)}>
            {t("addresses.addYours")}
          </Button>
        )}
        <span className="quiet">
          {lines.length} / {most}
        </span>
      </div>
      <Checkbox checked={off} onChange={setOff} label={t("addresses.off")} />
    </FormDialog>
  );
}
