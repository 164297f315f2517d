import type { Messages } from './shape.ts';

/** The Russian texts about how good the connections of a call are, and about what this person sends. */
export const quality: Messages['quality'] = {
  cameraHeld: 'Видео на паузе: у собеседника медленная связь',
  screenHeld: 'Показ экрана на паузе: у собеседника медленная связь',
};
