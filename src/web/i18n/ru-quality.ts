import type { Messages } from './shape.ts';

/** The Russian texts about how good the connections of a call are, and about what this person sends. */
export const quality: Messages['quality'] = {
  title: { good: 'Хорошая связь', fair: 'Средняя связь', poor: 'Плохая связь' },
  mark: { good: 'хорошая связь', fair: 'средняя связь', poor: 'плохая связь' },
  cameraHeld: 'Видео на паузе: у собеседника медленная связь',
  screenHeld: 'Показ экрана на паузе: у собеседника медленная связь',
  advice: {
    soundOnly: 'У вас медленная связь. Отправлять только звук?',
    move: 'У вас медленная связь. Попробуйте подойти ближе к роутеру Wi-Fi.',
    isSoundOnly: 'Отправляется только ваш звук.',
  },
  soundOnly: 'Только звук',
  sendPictures: 'Отправлять и видео',
  dismiss: 'Скрыть',
  sending: 'Что отправлять',
  limits: {
    auto: { name: 'Автоматически', text: 'Сколько позволяет связь.' },
    1000000: { name: 'До 1 Мбит/с', text: 'Видео меньшего размера.' },
    500000: { name: 'До 500 кбит/с', text: 'Маленькое видео, бережёт трафик.' },
    sound: { name: 'Только звук', text: 'Вас слышат, но не видят ни вас, ни ваш экран.' },
  },
};
