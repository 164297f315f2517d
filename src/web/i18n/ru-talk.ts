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
  earlier: 'Есть более ранние сообщения',
  actions: 'Действия с сообщением',
  messages: 'Сообщения',
  loadingChat: 'Загружаем сообщения…',
  loadOlder: 'Показать более ранние',
  loadFailed: 'Не удалось загрузить более ранние сообщения.',
  nothingYet: 'Сообщений пока нет. Напишите первое.',
  chatOff: 'В этом звонке чат отключён.',
  mayNotWrite: 'Организатор не разрешил вам писать в этом звонке.',
  start: {
    all: 'Это начало чата.',
    since_join: 'Вы видите то, что написали после вашего входа.',
    none: 'Сообщения не сохраняются. Те, кто войдёт позже, их не увидят.',
  },
  newOnes: 'Новые',
  toNew: (n) =>
    plural(n, {
      one: `${n} новое сообщение`,
      few: `${n} новых сообщения`,
      many: `${n} новых сообщений`,
      other: `${n} нового сообщения`,
    }),
  toNewest: 'К последнему сообщению',
  manyNew: (n) =>
    plural(n, {
      one: `${n} новое сообщение`,
      few: `${n} новых сообщения`,
      many: `${n} новых сообщений`,
      other: `${n} нового сообщения`,
    }),
  typing: (names) =>
    names.length === 1
      ? `${names[0]} печатает…`
      : names.length === 2
        ? `${names[0]} и ${names[1]} печатают…`
        : 'Несколько человек печатают…',
  write: 'Написать сообщение',
  send: 'Отправить',
  save: 'Сохранить',
  sending: 'Отправляем…',
  waitsForConnection: 'Отправим, когда связь восстановится',
  notSent: 'Не отправлено',
  tryAgain: 'Отправить ещё раз',
  discard: 'Удалить',
  tooLong: (n) =>
    plural(n, {
      one: `Длиннее на ${n} знак`,
      few: `Длиннее на ${n} знака`,
      many: `Длиннее на ${n} знаков`,
      other: `Длиннее на ${n} знака`,
    }),
  left: (n) =>
    plural(n, {
      one: `Остался ${n} знак`,
      few: `Осталось ${n} знака`,
      many: `Осталось ${n} знаков`,
      other: `Осталось ${n} знака`,
    }),
  edited: 'изменено',
  deleted: 'Сообщение удалено.',
  reply: 'Ответить',
  replyTo: (name) => `Ответ: ${name}`,
  repliesTo: (name) => `В ответ: ${name}`,
  repliesToGone: 'В ответ на удалённое сообщение',
  repliesToEarlier: 'В ответ на более раннее сообщение',
  edit: 'Изменить',
  editing: 'Вы изменяете своё сообщение',
  remove: 'Удалить',
  removeAsked: 'Удалить это сообщение?',
  keep: 'Оставить',
  cancel: 'Отмена',
  react: 'Отреагировать',
  reactWith: (emoji) => `Реакция ${emoji}`,
  reacted: (emoji, n, mine) =>
    `${emoji}, ${plural(n, { one: `${n} человек`, few: `${n} человека`, many: `${n} человек`, other: `${n} человека` })}${mine ? ', и вы' : ''}`,
  actionFailed: 'Не получилось. Попробуйте ещё раз.',
  tooManyKinds: 'У этого сообщения слишком много разных реакций.',
  tooLate: 'Для этого сообщения это уже невозможно.',
  raiseHand: 'Поднять руку',
  lowerHand: 'Опустить руку',
  raisedHand: (name) => `${name} поднимает руку`,
  handMark: (n) => `рука поднята, по порядку ${n}`,
  hands: 'Поднятые руки',
  lowerOf: (name) => `Опустить руку: ${name}`,
  lower: 'Опустить',
  reactions: 'Реакция',
  reactedTo: (name, emoji) => `${name}: реакция ${emoji}`,
  handKey: 'Поднять или опустить руку',
  reactKey: 'Отправить реакцию',
  layoutKey: 'Сетка или говорящий',
  view: 'Вид',
  layout: 'Расположение',
  grid: 'Сетка',
  gridText: 'Все одного размера.',
  speaker: 'Говорящий',
  speakerText: 'Крупно виден тот, кто говорит.',
  pinText: 'Чтобы кто-то всегда был виден крупно, закрепите его.',
  hideSelf: 'Не показывать мне меня',
  mirror: 'Показывать меня как в зеркале',
  mirrorText: 'Остальные видят вас без отражения.',
  pin: (label) => `Закрепить: ${label}`,
  unpin: (label) => `Открепить: ${label}`,
  pip: 'Картинка в картинке',
  pipFailed: 'Не удалось открыть картинку в картинке.',
  pipOpen: 'Закрыть картинку в картинке',
};
