import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "../../../api/session";
import { ApiCallButton } from "../../../ui/ApiCall";
import { Button } from "../../../ui/Button";
import { PersonCell } from "../../../ui/cells";
import { TimeText, useFormat } from "../../../ui/format";
import { AddIcon, DeleteIcon } from "../../../ui/icons";
import { Locked } from "../../../ui/Locked";
import { MenuItem, MoreButton } from "../../../ui/Menu";
import { Empty, Page } from "../../../ui/Page";
import { ResourceTable } from "../../../ui/ResourceTable";
import { useTableState } from "../../../ui/tableState";
import { type GroupRow, type ListRequest, TYPES, useGroups } from "../api";
import { CreateGroup } from "../components/CreateGroup";
import { DismissGroups } from "../components/DismissGroups";
import { GroupCell } from "../components/GroupCell";
import { SendMessage } from "../components/SendMessage";

type Open = { what: "create" } | { what: "send" | "dismiss"; rows: GroupRow[]; clear?: () => void };
const named = (rows: GroupRow[]) => rows.map((row) => ({ id: row.GroupId, name: row.Name, members: row.MemberNum }));

/** Every group of one app. */
export function Groups() {
  const { t } = useTranslation("groups");
  const format = useFormat();
  const navigate = useNavigate();
  const app = Number(useParams({ strict: false }).app);
  const state = useTableState();
  const request: ListRequest = {
    SDKAppID: app,
    Keyword: state.keyword || undefined,
    Type: (state.filter("type") as ListRequest["Type"]) || undefined,
    Ownerless: state.filter("owner") === "none" || undefined,
    Sort: (state.sort as ListRequest["Sort"]) || undefined,
    Offset: (state.page - 1) * state.size,
    Limit: state.size,
  };
  const { data, error, refetch, isPlaceholderData } = useGroups(request);
  const [open, setOpen] = useState<Open>();
  const close = () => setOpen(undefined);
  const create = (
    <Locked action="im:CreateGroup" app={app}>
      {(lock) => (
        <Button kind="primary" icon={<AddIcon />} {...lock} onClick={() => setOpen({ what: "create" })}>
          {t("create.open")}
        </Button>
      )}
    </Locked>
  );
  return (
    <Page
      title={t("nav.chatGroups")}
      lead={t("lead")}
      wide
      actions={
        <>
          <ApiCallButton
            calls={[
              {
                title: t("api.create"),
                call: {
                  rest: "group_open_http_svc/create_group",
                  app,
                  body: { Name: "Rowing club", Type: "Public", Owner_Account: "mina" },
                },
              },
              {
                title: t("api.list"),
                call: { rest: "group_open_http_svc/get_appid_group_list", app, body: { Limit: 100 } },
              },
              { title: t("api.find"), call: { cloud: "im/DescribeAppidGroupList", body: request } },
            ]}
          />
          {create}
        </>
      }
    >
      <section className="card">
        <div className="card__body">
          <ResourceTable<GroupRow>
            label={t("nav.chatGroups")}
            state={state}
            search={t("search")}
            filters={[
              {
                name: "type",
                label: t("type"),
                options: TYPES.map((value) => ({ value, label: t(`types.${value}`) })),
              },
              { name: "owner", label: t("owner"), options: [{ value: "none", label: t("noOwner") }] },
            ]}
            rows={data?.Groups}
            rowKey={(row) => row.GroupId}
            paging={{ kind: "offset", total: data?.TotalCount }}
            error={error}
            onRetry={() => refetch()}
            stale={isPlaceholderData}
            columns={[
              {
                key: "GroupId",
                title: t("group"),
                role: "person",
                sorted: true,
                render: (row) => <GroupCell app={app} id={row.GroupId} name={row.Name} src={row.FaceUrl} />,
              },
              {
                key: "type",
                title: t("type"),
                role: "state",
                // The names in words are long: they would push the table out of its card.
                render: (row) => <span title={t(`types.${row.Type}`)}>{row.Type}</span>,
              },
              {
                key: "owner",
                title: t("owner"),
                role: "detail",
                render: ({ Owner }) =>
                  Owner.UserID ? (
                    <PersonCell app={app} user={Owner.UserID} nick={Owner.Nick} src={Owner.FaceUrl} />
                  ) : (
                    <span className="quiet">{t("noOwner")}</span>
                  ),
              },
              {
                key: "MemberNum",
                title: t("members"),
                number: true,
                sorted: true,
                render: (row) => (row.Type === "AVChatRoom" ? "–" : format.number(row.MemberNum)),
              },
              {
                key: "LastMsgTime",
                title: t("lastMsg"),
                role: "time",
                sorted: true,
                render: (row) => <TimeText at={row.LastMsgTime} />,
              },
              {
                key: "CreateTime",
                title: t("created"),
                role: "time",
                sorted: true,
                render: (row) => <TimeText at={row.CreateTime} />,
              },
            ]}
            actions={(row) => (
              <MoreButton label={t("rowMenu", { name: row.GroupId })} width={200}>
                {(shut) => <RowMenu app={app} row={row} close={shut} open={setOpen} />}
              </MoreButton>
            )}
            bulk={(rows, clear) => (
              <>
                <Locked action="im:SendGroupMsg" app={app}>
                  {(lock) => (
                    <Button {...lock} onClick={() => setOpen({ what: "send", rows, clear })}>
                      {t("send.open")}
                    </Button>
                  )}
                </Locked>
                <Locked action="im:DestroyGroup" app={app}>
                  {(lock) => (
                    <Button
                      icon={<DeleteIcon />}
                      kind="textDanger"
                      {...lock}
                      onClick={() => setOpen({ what: "dismiss", rows, clear })}
                    >
                      {t("dismiss.open")}
                    </Button>
                  )}
                </Locked>
              </>
            )}
            empty={
              <Empty title={t("empty.title")} about={t("empty.about")}>
                {create}
              </Empty>
            }
          />
        </div>
      </section>
      {open?.what === "create" && (
        <CreateGroup
          app={app}
          onClose={close}
          onDone={(group) => void navigate({ to: "/apps/$app/groups/$group", params: { app: String(app), group } })}
        />
      )}
      {open?.what === "send" && (
        <SendMessage app={app} groups={open.rows.map((row) => row.GroupId)} onClose={close} onDone={open.clear} />
      )}
      {open?.what === "dismiss" && (
        <DismissGroups app={app} groups={named(open.rows)} onClose={close} onDone={open.clear ?? close} />
      )}
    </Page>
  );
}

interface RowMenuProps {
  app: number;
  row: GroupRow;
  close: () => void;
  open: (what: Open) => void;
}

/** What can be done with one group, without opening it. */
function RowMenu({ app, row, close, open }: RowMenuProps) {
  const { t } = useTranslation("groups");
  const maySend = useAllowed("im:SendGroupMsg", app);
  const mayDismiss = useAllowed("im:DestroyGroup", app);
  const act = (what: "send" | "dismiss") => () => {
    close();
    open({ what, rows: [row] });
  };
  return (
    <>
      <MenuItem disabled={maySend === false} onClick={act("send")}>
        {t("send.open")}
      </MenuItem>
      <MenuItem danger icon={<DeleteIcon />} disabled={mayDismiss === false} onClick={act("dismiss")}>
        {t("dismiss.open")}
      </MenuItem>
    </>
  );
}
