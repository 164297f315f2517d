import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { HostChannel } from './embed/host-channel.ts';
import type { LinkSecrets } from './link-secrets.ts';
import type { Login } from './login.ts';
import type { Navigation } from './navigation.ts';
import type { PageParams } from './page-params.ts';
import type { Prefs } from './prefs.ts';
import type { ServerSettings } from './server-settings.ts';

/** What views anywhere in the page depend on. `main.tsx` passes the browser's own. */
export interface PageContext {
  readonly navigation: Navigation;
  readonly login: Login;
  readonly prefs: Prefs;
  readonly settings: ServerSettings;
  readonly secrets: LinkSecrets;
  readonly params: PageParams;
  /** The line to the site that shows the page; null outside a frame. */
  readonly host: HostChannel | null;
  /**
   * Whether a site shows one call in a frame. Then no view leads home or to another call: the site's page is the home, and
   * it says which call this is.
   */
  readonly onlyCall: boolean;
}

export const CurrentPage = createContext<PageContext | null>(null);

export function usePage(): PageContext {
  const page = useContext(CurrentPage);
  if (page === null) throw new Error('A view is rendered outside the page.');
  return page;
}
