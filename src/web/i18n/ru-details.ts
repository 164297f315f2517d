import type { DetailsMessages } from './shape.ts';

/** The Russian texts of the connection details, which load when they are first shown. */
export const details: DetailsMessages = {
  lang: 'ru',
  intro: 'Как ваши видео и звук доходят до каждого участника прямо сейчас.',
  nobody: 'Кроме вас, в звонке никого нет.',
  own: 'Ваша связь',
  choose: 'Выбрать, что отправлять',
  direct: 'Напрямую',
  relayed: 'Через сервер (TURN)',
  none: 'Соединения пока нет',
  over: (path, transport) => `${path}, по ${transport}`,
  roundTrip: 'Задержка',
  up: 'Отправка',
  down: 'Приём',
  lost: (percent) => `потеряно ${percent} %`,
  theirs: { camera: 'Видео собеседника', screen: 'Экран собеседника' },
  yours: { camera: 'Ваше видео', screen: 'Ваш экран' },
  size: (width, height) => `${width} × ${height}`,
  picture: (width, height, frames) => `${width} × ${height}, ${frames} кадр/с`,
  paused: 'Сейчас не отправляется',
  held: 'На паузе: у собеседника медленная связь',
  limitedBy: {
    cpu: 'Уменьшено: ваше устройство загружено',
    bandwidth: 'Уменьшено: связь медленная',
    other: 'Уменьшено браузером',
  },
  ms: (n) => `${n} мс`,
  kbit: (n) => `${n} кбит/с`,
  mbit: (n) => `${n} Мбит/с`,
  unknown: 'пока неизвестно',
};
