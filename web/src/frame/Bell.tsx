import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../api/hooks";
import { useAllowed, useWho } from "../api/session";
import { TimeText } from "../ui/format";
import { NotificationIcon } from "../ui/icons";
import { isOver, JobBar, JobState } from "../ui/JobProgress";
import { MenuButton } from "../ui/Menu";

/** The latest jobs, wherever one is in the console; a number says how many are under way. */
export function Bell() {
  const { t } = useTranslation();
  const client = useQueryClient();
  // Until a new password is chosen nothing but the session may be asked about; and who may see no job asks in vain.
  const ready = useWho()?.MustChangePassword === false;
  const enabled = useAllowed("im:DescribeJobs", undefined, ready) === true;
  const first = useRead("im/DescribeJobs", { Limit: 5 }, { enabled });
  const active = (first.data?.Jobs ?? []).filter((job) => !isOver(job)).length;
  const { data } = useRead("im/DescribeJobs", { Limit: 5 }, { enabled, every: active ? 1500 : 30_000 });
  const before = useRef(0);
  // A job that ended has changed what lists show.
  useEffect(() => {
    if (active < before.current) {
      void client.invalidateQueries({ queryKey: ["im/DescribeAccountList"] });
      void client.invalidateQueries({ queryKey: ["im/DescribeIMAppList"] });
    }
    before.current = active;
  }, [active, client]);
  return (
    <MenuButton
      label={active ? t("bell.active", { count: active }) : t("bell.title")}
      width={340}
      trigger={
        <>
          <NotificationIcon />
          {active > 0 && <span className="count">{active}</span>}
        </>
      }
    >
      {() => (
        <div className="menu__head stack stack--tight">
          <strong>{t("bell.title")}</strong>
          {!data?.Jobs.length && <p className="quiet">{t("bell.none")}</p>}
          {data?.Jobs.map((job) => (
            <div key={job.JobId} className="belljob">
              <div className="row row--between">
                <span>{t(`job.kind.${job.Kind}`)}</span>
                <JobState job={job} />
              </div>
              {!isOver(job) && <JobBar job={job} />}
              <p className="quiet">
                <span className="mono">{job.SDKAppID || ""}</span> <TimeText at={job.CreateTime} />
              </p>
              {job.File && (
                <a href={job.File} download>
                  {t("action.download")}
                </a>
              )}
            </div>
          ))}
        </div>
      )}
    </MenuButton>
  );
}
