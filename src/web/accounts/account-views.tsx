import type { AccountsRoute } from '../routes.ts';
import { AccountView } from './account-view.tsx';
import { RegisterView } from './register-view.tsx';
import { ResetView } from './reset-view.tsx';
import { SetupView } from './setup-view.tsx';
import { SignInView } from './sign-in-view.tsx';

/** All account pages: what is loaded at once when the first of them is shown. */
export function AccountViews({ route }: { route: AccountsRoute }) {
  switch (route.at) {
    case 'sign-in':
      return <SignInView next={route.next} />;
    case 'register':
      return <RegisterView next={route.next} />;
    case 'account':
      return <AccountView section={route.section} />;
    case 'setup':
      return <SetupView />;
    case 'reset':
      return <ResetView />;
  }
}
