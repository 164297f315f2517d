import type { Messages } from './shape.ts';

/** The Russian texts about who may see this person's address. */
export const privacy: Messages['privacy'] = {
  hide: 'Скрывать мой IP-адрес',
  hideText: 'Видео и звук пойдут через сервер. Возможны задержки и худшее качество.',
  roomHides:
    'В этом звонке скрыты IP-адреса всех участников: видео и звук идут через сервер, поэтому возможны задержки.',
  noRelay: 'Этот сервер не может скрыть адреса: на нём нет ретранслятора.',
};
