import { METHOD } from '../../codec/attributes.ts';
import type { Allocation } from '../allocations/allocation.ts';
import { type AllocateDeps, createAllocate } from './allocate.ts';
import { type ChannelBindDeps, createChannelBind } from './channel-bind.ts';
import { type CreatePermissionDeps, createCreatePermission } from './create-permission.ts';
import { createRefresh, type RefreshDeps } from './refresh.ts';
import type { Handler, Request } from './request.ts';
import { Response } from './response.ts';

type HandlersDeps = AllocateDeps & RefreshDeps & CreatePermissionDeps & ChannelBindDeps;

/** The handlers of the methods that need credentials, by method. */
export function createHandlers(deps: HandlersDeps): ReadonlyMap<number, Handler> {
  return new Map<number, Handler>([
    [METHOD.allocate, createAllocate(deps)],
    [METHOD.refresh, onOwnAllocation(createRefresh(deps))],
    [METHOD.createPermission, onOwnAllocation(createCreatePermission(deps))],
    [METHOD.channelBind, onOwnAllocation(createChannelBind(deps))],
  ]);
}

/** RFC 8656 §5: the 5-tuple has an allocation (else 437), made by the same user (else 441). */
function onOwnAllocation(handle: (request: Request, allocation: Allocation) => Response): Handler {
  return (request) => {
    const { allocation } = request.path;
    if (allocation === undefined) return Response.error(request, 437);
    if (allocation.user.name !== request.user.name) return Response.error(request, 441);
    return handle(request, allocation);
  };
}
