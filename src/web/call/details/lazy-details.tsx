import { useMessages } from '../../i18n/messages.ts';
import { lazily } from '../lazy-part.tsx';

const load = () => import('./connection-details.tsx').then((part) => part.ConnectionDetails);

/** The connection details, which are loaded when they are first opened. */
export const LazyDetails = lazily(load, () => <p class="soft">{useMessages().account.loading}</p>);
