import { useEffect, useRef } from 'preact/hooks';
import { usePage } from '../page-context.ts';
import type { AdminRoute } from '../routes.ts';
import { Gate } from './gate.tsx';
import { Invitations } from './invitations.tsx';
import { Keys } from './keys.tsx';
import { Limits } from './limits.tsx';
import { Overview } from './overview/overview.tsx';
import { LiveRooms } from './rooms/live-rooms.tsx';
import { UserView } from './users/user-view.tsx';
import { Users } from './users/users.tsx';
import { Webhooks } from './webhooks.tsx';
import '../styles/admin.css';
import '../styles/admin-lists.css';

/** The admins' console: what is loaded when it is first opened. Only admins see its sections. */
export function AdminViews({ route }: { route: AdminRoute }) {
  const { login } = usePage();
  const user = login.user.value;
  const isAdmin = user?.role === 'admin';
  const wasAdmin = useRef(false);
  if (isAdmin) wasAdmin.current = true;
  if (user === null) wasAdmin.current = false;
  // Brings the user as it is now: the role may have come or gone since the last visit.
  useEffect(() => {
    if (user !== null)
      login
        .account()
        .token(true)
        .catch(() => {});
  }, [user?.id]);
  return isAdmin ? <Section route={route} /> : <Gate route={route} wasAdmin={wasAdmin.current} />;
}

function Section({ route: { section, userId } }: { route: AdminRoute }) {
  switch (section) {
    case 'overview':
      return <Overview />;
    case 'rooms':
      return <LiveRooms />;
    case 'users':
      return userId === undefined ? <Users /> : <UserView key={userId} userId={userId} />;
    case 'invitations':
      return <Invitations />;
    case 'webhooks':
      return <Webhooks />;
    case 'limits':
      return <Limits />;
    case 'keys':
      return <Keys />;
  }
}
