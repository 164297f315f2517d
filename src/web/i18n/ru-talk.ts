import { pluralOf } from './plural.ts';
import type { Messages } from './shape.ts';

const plural = pluralOf('ru');

/** The Russian texts of what people do beside the call: the side panel, chat, hands, reactions and layouts. */
export const talk: Messages['talk'] = {
  panel: 'Участники и чат',
  people: 'Участники',
  chat: 'Чат',
  closePanel: 'Закрыть панель',
  openPeople: 'Показать участников',
  openChat: 'Показать чат',
  hideChat: 'Скрыть чат',
  hidePeople: 'Скрыть участников',
  unread: (n) =>
    plural(n, {
      one: `${n} непрочитанное сообщение`,
      few: `${n} непрочитанных сообщения`,
      many: `${n} непрочитанных сообщений`,
      other: `${n} непрочитанного сообщения`,
    }),
};
