import { useTranslation } from "react-i18next";

/** A command's name in words, or as the wire has it. */
export function useCommandName() {
  const { t, i18n } = useTranslation("webhooks");
  return (command: string) => {
    const key = `command.${command.replaceAll(".", "_")}`;
    return i18n.exists(key, { ns: "webhooks" }) ? t(key) : command;
  };
}
