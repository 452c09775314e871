-- What gateways do with jobs that wait for others, each operation in one atomic step. Only gateways run it; what it takes is theirs to
-- get right.
--
--   EVALSHA <sha> 1 {ringback:dependencies} <operation> [argument]...
--
-- The keys, all in the slot of the first, which itself is none:
--   :job:<id>          hash of one that waits: type, owner (none for nobody's), priority, due, failure, since
--   :after:<id>        set, those that it still waits for
--   :downstream:<id>   set, those that wait for this one, or did; it expires
--   :checks            sorted set, id of each that waits by when somebody should look at it
--
-- Times are milliseconds by Redis's clock, but for those that gateways hand over.
--
-- All keys are read before any is written, so that one that is damaged leaves no half step.

local PREFIX = KEYS[1] .. ':'
local JOB, AFTER, DOWNSTREAM = PREFIX .. 'job:', PREFIX .. 'after:', PREFIX .. 'downstream:'
local CHECKS = PREFIX .. 'checks'

local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function text(number)
  return string.format('%.0f', number)
end

-- Fields and values of a job, and those that it waits for; nil where it does not wait.
local function find(id)
  local fields = call('HGETALL', JOB .. id)
  if #fields > 0 then
    return {id, fields, call('SMEMBERS', AFTER .. id)}
  end
end

-- Whether one more may wait for this one. Those who wait no more make room.
local function has_room(upstream, most)
  if call('SCARD', upstream) < most then
    return true
  end
  for _, id in ipairs(call('SRANDMEMBER', upstream, 100)) do
    if not call('ZSCORE', CHECKS, id) then
      call('SREM', upstream, id)
    end
  end
  return call('SCARD', upstream) < most
end

local operations = {}

-- await <id> <how many may wait> <how many may wait for one> <ms until somebody looks> <ms that downstream is known>
--   <how many fields and values> [<field> <value>]... [id that it waits for]...: 1, or 0 where there is no room; one that waits
--   already stays as it is
function operations.await(id, room, most_downstream, check, known, field_count)
  if call('ZSCORE', CHECKS, id) then
    return {'1'}
  elseif call('ZCARD', CHECKS) >= tonumber(room) then
    return {'0'}
  end
  local first_after = 8 + field_count
  for i = first_after, #ARGV do
    local key = DOWNSTREAM .. ARGV[i]
    if call('SISMEMBER', key, id) == 0 and not has_room(key, tonumber(most_downstream)) then
      return {'0'}
    end
  end
  call('ZADD', CHECKS, text(now + check), id)
  call('DEL', JOB .. id, AFTER .. id)
  call('HSET', JOB .. id, unpack(ARGV, 8, first_after - 1))
  for i = first_after, #ARGV do
    call('SADD', AFTER .. id, ARGV[i])
    call('SADD', DOWNSTREAM .. ARGV[i], id)
    call('PEXPIRE', DOWNSTREAM .. ARGV[i], known)
  end
  return {'1'}
end

-- waiting <id>: none, or id, fields and values, and those that it waits for
function operations.waiting(id)
  return {find(id)}
end

-- downstream <id>: ids
function operations.downstream(id)
  return call('SMEMBERS', DOWNSTREAM .. id)
end

-- resolve <id> [id that it waits for no longer]...: how many are left, or -1
function operations.resolve(id)
  if call('EXISTS', JOB .. id) == 0 then
    return {'-1'}
  end
  for i = 3, #ARGV do
    call('SREM', AFTER .. id, ARGV[i])
  end
  return {text(call('SCARD', AFTER .. id))}
end

-- forget <id>
function operations.forget(id)
  call('ZREM', CHECKS, id)
  call('DEL', JOB .. id, AFTER .. id)
  return {}
end

-- due <how many at most> <ms until the next look>: of each what waiting answers
function operations.due(most, check)
  local found = {}
  for _, id in ipairs(call('ZRANGEBYSCORE', CHECKS, '-inf', text(now), 'LIMIT', 0, most)) do
    local waiting = find(id)
    if waiting then
      call('ZADD', CHECKS, text(now + check), id)
      found[#found + 1] = waiting
    else
      call('ZREM', CHECKS, id)
      call('DEL', AFTER .. id)
    end
  end
  return found
end

-- count
function operations.count()
  return {text(call('ZCARD', CHECKS))}
end

return operations[ARGV[1]](unpack(ARGV, 2, 7))
