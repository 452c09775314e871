-- What gateways do with the queue of one type of jobs, each operation in one atomic step. Only gateways run it; what it takes is
-- theirs to get right.
--
--   EVALSHA <sha> 1 {ringback:queue:<type>} <operation> [argument]...
--
-- The keys, all in the slot of the first, which itself is none:
--   :jobs         sorted set, id of each job that waits, due or not, by when it was added, in microseconds: no two are the same
--   :facts        hash, id to owner and rank of each of those that is somebody's, or has a priority
--   :delayed      sorted set, id of those that were not due when somebody last looked, by when they are
--   :of:<owner>   sorted set, id of the others by rank: when they were added, less what their priority is worth
--   :owners       sorted set, who has any of these, by turn
--   :leased       sorted set, id by when the lease is over, or the claim of a lost one
--   :leases       hash, id to lease id, when the job was added, its rank, its owner, the worker, and 1 where the lease is claimed
--   :dead         sorted set, id by when it died: no two are the same
--   :workers      sorted set, name by when it was last heard of
--   :counts       hash of what has happened; how many ended lately, and what the rate permits, each with its time
--   :hungry       there for a while when somebody wished for more than there was
--
-- Nobody's jobs are those of the owner ''. Times are milliseconds by Redis's clock where nothing else is said.
--
-- A Redis without room refuses the first write of a script, unless it removes, and none after it: what moves a job removes first, so
-- that workers can go on. All keys are read before any is written, so that one that is damaged leaves no half step.

local PREFIX = KEYS[1] .. ':'
local JOBS, FACTS, DELAYED = PREFIX .. 'jobs', PREFIX .. 'facts', PREFIX .. 'delayed'
local OF, OWNERS = PREFIX .. 'of:', PREFIX .. 'owners'
local LEASED, LEASES, DEAD = PREFIX .. 'leased', PREFIX .. 'leases', PREFIX .. 'dead'
local WORKERS, COUNTS, HUNGRY = PREFIX .. 'workers', PREFIX .. 'counts', PREFIX .. 'hungry'
local CHANNEL = 'ringback:work'

local HUNGRY_MILLIS = 60000
-- Workers, and jobs that ended, count for so long.
local RECENT_MILLIS = 60000
-- Delayed jobs that one step moves, dead letters that it forgets, and jobs at which one question looks.
local STEP, LOOK = 100, 200
local MOST_WORKERS = 10000

local call = redis.call
local time = call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000)

local function text(number)
  return string.format('%.0f', number)
end

local function require_readable()
  for _, key in ipairs({JOBS, DELAYED, OWNERS, LEASED, DEAD, WORKERS}) do
    call('ZCARD', key)
  end
  for _, key in ipairs({FACTS, LEASES, COUNTS}) do
    call('HLEN', key)
  end
end

-- A score for a new member that is to be the last of its set.
local function last_score(key, least)
  local last = call('ZRANGE', key, -1, -1, 'WITHSCORES')
  return last[2] and math.max(least, last[2] + 1) or least
end

local function count(what)
  call('HINCRBY', COUNTS, what, 1)
end

-- Tells gateways that may have been told of too little.
local function wake()
  if call('DEL', HUNGRY) == 1 then
    redis.pcall('PUBLISH', CHANNEL, KEYS[1])
  end
end

-- Who worked does not fail because it can't be noted.
local function note(worker)
  if redis.pcall('ZADD', WORKERS, text(now), worker) == 1 then
    call('ZREMRANGEBYSCORE', WORKERS, '-inf', text(now - RECENT_MILLIS))
    call('ZREMRANGEBYRANK', WORKERS, 0, -MOST_WORKERS - 1)
  end
  redis.pcall('PEXPIRE', WORKERS, RECENT_MILLIS)
end

-- The owner and the rank of a job that waits.
local function facts_of(id, added)
  local packed = call('HGET', FACTS, id)
  if not packed then
    return '', tonumber(added)
  end
  return unpack(cmsgpack.unpack(packed))
end

local function enqueue(id, owner, rank)
  call('ZADD', OF .. owner, text(rank), id)
  if not call('ZSCORE', OWNERS, owner) then
    call('ZADD', OWNERS, text(last_score(OWNERS, 1)), owner)
  end
end

local function dequeue(id, owner)
  call('ZREM', OF .. owner, id)
  if call('EXISTS', OF .. owner) == 0 then
    call('ZREM', OWNERS, owner)
  end
end

-- Lets a job wait; those that found nothing are told where it changes what they would find.
local function let_wait(id, owner, rank, added, due)
  call('ZADD', JOBS, text(added), id)
  if owner ~= '' or rank ~= added then
    call('HSET', FACTS, id, cmsgpack.pack({owner, rank}))
  end
  if due <= now then
    enqueue(id, owner, rank)
    wake()
  else
    call('ZADD', DELAYED, text(due), id)
    if call('ZRANK', DELAYED, id) == 0 then
      wake()
    end
  end
end

-- Jobs that have become due, some at once, take their places.
local function promote(most)
  for _, id in ipairs(call('ZRANGEBYSCORE', DELAYED, '-inf', text(now), 'LIMIT', 0, most)) do
    local owner, rank = facts_of(id, call('ZSCORE', JOBS, id) or micros)
    call('ZCARD', OF .. owner)
    call('ZREM', DELAYED, id)
    enqueue(id, owner, rank)
  end
end

local function lease_of(id)
  local packed = call('HGET', LEASES, id)
  return packed and cmsgpack.unpack(packed)
end

local function set_lease(id, lease, deadline)
  call('ZREM', LEASED, id)
  call('ZADD', LEASED, text(deadline), id)
  call('HSET', LEASES, id, cmsgpack.pack(lease))
end

local function end_lease(id)
  call('ZREM', LEASED, id)
  call('HDEL', LEASES, id)
end

-- How many ended lately: each counts for less as time goes on.
local function ends_per_second()
  local ends = call('HMGET', COUNTS, 'ends', 'ends-at')
  local since = math.max(0, now - (ends[2] or now))
  return (ends[1] or 0) * math.exp(-since / RECENT_MILLIS)
end

-- Jobs that the rate permits now.
local function permits(rate, burst)
  local had = call('HMGET', COUNTS, 'permits', 'permits-at')
  local since = math.max(0, now - (had[2] or now))
  return math.min(burst, (had[1] or burst) + since * rate / 1000)
end

local operations = {}

-- add <id> <owner> <priority> <due> <how many may wait> <what a step of priority is worth, in ms>: what became of it, and whether
-- it is the first that was ever added
function operations.add(id, owner, priority, due, depth, aging)
  require_readable()
  call('ZCARD', OF .. owner)
  if call('ZSCORE', JOBS, id) or call('HEXISTS', LEASES, id) == 1 then
    return {'PRESENT', '0'}
  elseif call('ZCARD', JOBS) >= tonumber(depth) then
    return {'FULL', '0'}
  end
  local is_first = call('HEXISTS', COUNTS, 'added') == 0
  local added = last_score(JOBS, micros)
  count('added')
  let_wait(id, owner, added - priority * aging * 1000, added, tonumber(due))
  return {'ADDED', is_first and '1' or '0'}
end

-- Whose turn it is; nil where nobody that may be served has anything.
local function next_owner(one_owner, owner)
  if one_owner ~= '1' then
    return call('ZRANGE', OWNERS, 0, 0)[1]
  end
  local own, nobodys = call('ZSCORE', OWNERS, owner), call('ZSCORE', OWNERS, '')
  if own and nobodys then
    return tonumber(own) < tonumber(nobodys) and owner or ''
  end
  return own and owner or nobodys and '' or nil
end

-- Leases an owner's first job; its id.
local function lease_first(owner, lease_id, deadline, worker)
  local id = call('ZRANGE', OF .. owner, 0, 0)[1]
  local added = tonumber(call('ZSCORE', JOBS, id) or micros)
  local _, rank = facts_of(id, added)
  dequeue(id, owner)
  call('ZREM', JOBS, id)
  call('HDEL', FACTS, id)
  if call('ZSCORE', OWNERS, owner) and call('ZCARD', OWNERS) > 1 then
    call('ZADD', OWNERS, text(last_score(OWNERS, 1)), owner)
  end
  set_lease(id, {lease_id, added, rank, owner, worker}, deadline)
  return id
end

-- take <how many> <worker> <1: only that owner's and nobody's> <owner> <lease in ms> <concurrency> <rate in a second> <burst>
--   <1: others wait too> [lease id]...: in how many milliseconds there may be more, or '', when the leases are over, 1 where the
--   caller is told when there are more, and the ids
function operations.take(most, worker, one_owner, owner, lease, concurrency, rate, burst, others_wait)
  require_readable()
  most, concurrency, rate = tonumber(most), tonumber(concurrency), tonumber(rate)
  local free = concurrency > 0 and concurrency - call('ZCARD', LEASED) or most
  local permitted = rate > 0 and permits(rate, tonumber(burst)) or most
  local room = math.max(0, math.min(most, free, math.floor(permitted)))
  promote(STEP + room)
  local found = {'', text(now + lease), '0'}
  local served
  for _ = 1, room + STEP do
    served = next_owner(one_owner, owner)
    local waiting = served and redis.pcall('ZCARD', OF .. served)
    if not served or #found - 3 >= room then
      break
    elseif waiting == 0 then
      call('ZREM', OWNERS, served)
    elseif type(waiting) == 'number' then
      found[#found + 1] = lease_first(served, ARGV[8 + #found], found[2], worker)
    elseif #found == 3 then
      return waiting
    else
      break
    end
  end
  local taken = #found - 3
  if rate > 0 and taken > 0 then
    call('HSET', COUNTS, 'permits', string.format('%.6f', permitted - taken), 'permits-at', text(now))
  end
  local is_rated, is_full = rate > 0 and permitted - taken < 1, concurrency > 0 and taken >= free
  if is_rated then
    found[1] = text(math.ceil((1 - permitted + taken) * 1000 / rate))
  elseif not is_full then
    local first = call('ZRANGE', DELAYED, 0, 0, 'WITHSCORES')
    found[1] = first[2] and text(math.max(1, first[2] - now)) or ''
  end
  note(worker)
  if taken < most or others_wait == '1' and (is_rated or is_full or not served) then
    redis.pcall('SET', HUNGRY, '1', 'PX', HUNGRY_MILLIS)
    found[3] = '1'
  end
  return found
end

-- renew <id> <lease id> <lease in ms>: when the lease is over, or 0
function operations.renew(id, lease_id, millis)
  require_readable()
  local lease = lease_of(id)
  if not lease or lease[1] ~= lease_id or lease[6] then
    return {'0'}
  end
  local deadline = now + millis
  set_lease(id, lease, deadline)
  note(lease[5])
  return {text(deadline)}
end

-- giveBack <id> <lease id> <due> <what to count, or ''>
function operations.giveBack(id, lease_id, due, why)
  require_readable()
  local lease = lease_of(id)
  if lease and lease[1] == lease_id then
    local _, added, rank, owner = unpack(lease)
    call('ZCARD', OF .. owner)
    end_lease(id)
    if why ~= '' then
      count(why)
    end
    let_wait(id, owner, rank, added, tonumber(due))
    wake()
  end
  return {}
end

-- Takes a job that waits out of its queue: whether it was there.
local function remove_waiting(id)
  local added = call('ZSCORE', JOBS, id)
  if not added then
    return false
  end
  local owner = facts_of(id, added)
  call('ZCARD', OF .. owner)
  call('ZREM', JOBS, id)
  call('HDEL', FACTS, id)
  if call('ZREM', DELAYED, id) == 0 then
    dequeue(id, owner)
  end
  return true
end

local function forget_dead(most, ttl)
  local too_many = math.min(STEP, call('ZCARD', DEAD) - most)
  if too_many > 0 then
    call('ZREMRANGEBYRANK', DEAD, 0, too_many - 1)
  end
  local old = call('ZRANGEBYSCORE', DEAD, '-inf', text(now - ttl), 'LIMIT', 0, STEP)
  if #old > 0 then
    call('ZREM', DEAD, unpack(old))
  end
end

-- end <id> <what to count, or ''> <dead letters kept> <for how many ms>
operations['end'] = function(id, how, most_dead, dead_ttl)
  require_readable()
  local was_leased = call('HEXISTS', LEASES, id) == 1
  if was_leased then
    end_lease(id)
  elseif not remove_waiting(id) then
    return {}
  end
  if how ~= '' then
    local ends = ends_per_second() + 1000 / RECENT_MILLIS
    call('HSET', COUNTS, 'ends', string.format('%.6f', ends), 'ends-at', text(now))
    count(how)
  end
  if how == 'dead' then
    call('ZADD', DEAD, text(last_score(DEAD, now)), id)
    forget_dead(tonumber(most_dead), dead_ttl)
  end
  if was_leased and (call('EXISTS', OWNERS) == 1 or call('EXISTS', DELAYED) == 1) then
    wake()
  end
  return {}
end

-- lost <how many at most> <for how many ms they are the caller's>: of each an id, a lease id, and when it was over
function operations.lost(most, claim)
  require_readable()
  local found = {}
  local over = call('ZRANGEBYSCORE', LEASED, '-inf', text(now), 'WITHSCORES', 'LIMIT', 0, most)
  for i = 1, #over, 2 do
    local id, lease = over[i], lease_of(over[i])
    if lease then
      local is_first_claim = not lease[6]
      lease[6] = 1
      set_lease(id, lease, now + claim)
      if is_first_claim then
        count('lost')
      end
      found[#found + 1] = id
      found[#found + 1] = lease[1]
      found[#found + 1] = text(over[i + 1])
    else
      call('ZREM', LEASED, id)
    end
  end
  return found
end

-- oldest <how many to leave out> <how many at most>: ids
function operations.oldest(skip, most)
  return call('ZRANGE', JOBS, skip, skip + most - 1)
end

-- forget <1 to do it, 0 to ask>: 1 where there is nothing in the queue and nobody asks for it, or 0; then it has counted nothing
function operations.forget(really)
  require_readable()
  local kept = call('ZCARD', JOBS) + call('ZCARD', LEASED) + call('ZCARD', DEAD)
    + call('ZCOUNT', WORKERS, '(' .. text(now - RECENT_MILLIS), '+inf')
  if kept > 0 then
    return {'0'}
  end
  if really == '1' then
    call('DEL', COUNTS, WORKERS)
  end
  return {'1'}
end

-- dead <how many at most> <before when they died, or ''> <for how many ms they are kept>: ids, each with when it died
function operations.dead(most, before, ttl)
  local from = before == '' and '+inf' or '(' .. before
  return call('ZREVRANGEBYSCORE', DEAD, from, '(' .. text(now - ttl), 'WITHSCORES', 'LIMIT', 0, most)
end

-- bury [id]...: how many there were
function operations.bury()
  local buried = 0
  for i = 2, #ARGV do
    buried = buried + call('ZREM', DEAD, ARGV[i])
  end
  return {text(buried)}
end

-- When the job was added that is due and waits the longest, by the first that were added, or by the first of each owner.
local function oldest_due()
  local looked = call('ZRANGE', JOBS, 0, LOOK - 1, 'WITHSCORES')
  for i = 1, #looked, 2 do
    local due = call('ZSCORE', DELAYED, looked[i])
    if not due or tonumber(due) <= now then
      return looked[i + 1]
    end
  end
  local oldest = math.huge
  for _, owner in ipairs(call('ZRANGE', OWNERS, 0, LOOK - 1)) do
    local first = call('ZRANGE', OF .. owner, 0, 0)[1]
    oldest = math.min(oldest, first and call('ZSCORE', JOBS, first) or oldest)
  end
  return oldest < math.huge and oldest or 0
end

-- figures <for how many ms dead letters are kept>: as the gateway's record has them
function operations.figures(ttl)
  require_readable()
  local delayed = call('ZCOUNT', DELAYED, '(' .. text(now), '+inf')
  local figures = {
    text(call('ZCARD', JOBS) - delayed), text(delayed), text(call('ZCARD', LEASED)),
    text(call('ZCOUNT', DEAD, '(' .. text(now - ttl), '+inf')), text(math.floor(oldest_due() / 1000)),
    text(call('ZCOUNT', WORKERS, '(' .. text(now - RECENT_MILLIS), '+inf')),
    string.format('%.6f', ends_per_second()),
  }
  local counts = call('HMGET', COUNTS, 'added', 'completed', 'failed', 'cancelled', 'dead', 'retried', 'released', 'lost')
  for _, value in ipairs(counts) do
    figures[#figures + 1] = value or '0'
  end
  return figures
end

return operations[ARGV[1]](unpack(ARGV, 2, 10))
