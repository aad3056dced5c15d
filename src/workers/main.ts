import { once } from 'node:events';
import { runInstance } from '../instance.ts';
import { createLog } from '../platform/log.ts';
import { type Assignment, ready } from './assignment.ts';

const [{ config, part, number }] = (await once(process, 'message')) as [Assignment];
const log = createLog(config.log).child({ worker: number, pid: process.pid });
// Alone, nobody would start it anew or tell it to stop.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
await runInstance(config, log, part);
process.send?.(ready);
