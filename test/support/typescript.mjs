// For `node --import`: lets TypeScript run from its source, in worker threads too, which `--import tsx` does not reach.
import { register } from 'tsx/esm/api';

register();
