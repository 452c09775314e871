-- What gateways do with webhooks, each operation in one atomic step. Only gateways run it; what it takes is theirs to get right.
--
--   EVALSHA <sha> 1 {ringback:webhooks} <operation> [argument]...
--
-- The keys, all in the slot of the first, which itself is none:
--   :outbox          stream of events that the apply script told of    :dropped    how many found it full
--   :endpoints       hash, id to JSON      :wanting    hash, id to what it wants: e for ends, p for progress too, '' for nothing
--   :wants           what any of them wants, for the apply script      :revisions  hash, id to how often it was written
--   :delivery:<id>   hash: doc, destination, endpoint, owner, status, created, number; where it has ended it expires, later than
--                    it would be forgotten: what nobody is there to forget goes by itself
--   :number          how many deliveries there ever were    :all, :of:<endpoint>    sorted sets, id by its making
--   :ended           sorted set, id and endpoint by when it ended
--   :queue:<destination>   sorted set, number and id of what is pending there, by when it is due
--   :ready           sorted set, destination by when something is due there, or while it is claimed, by the end of the claim
--   :claims          hash, destination to the gateway that works for it
--
-- Times are milliseconds by Redis's clock, whatever the gateways' say.

local PREFIX = KEYS[1] .. ':'
local OUTBOX, DROPPED = PREFIX .. 'outbox', PREFIX .. 'dropped'
local ENDPOINTS, REVISIONS = PREFIX .. 'endpoints', PREFIX .. 'revisions'
local WANTING, WANTS = PREFIX .. 'wanting', PREFIX .. 'wants'
local ALL, OF, ENDED, NUMBER = PREFIX .. 'all', PREFIX .. 'of:', PREFIX .. 'ended', PREFIX .. 'number'
local DELIVERY, QUEUE, READY, CLAIMS = PREFIX .. 'delivery:', PREFIX .. 'queue:', PREFIX .. 'ready', PREFIX .. 'claims'

-- A gateway's clock that differs by less counts as the same.
local SAME_CLOCK_MILLIS = 2000
-- What has ended expires so long after it should have been forgotten.
local FORGET_GRACE_MILLIS = 3600000
-- Deliveries that one step forgets beyond what it was asked for, and that one question looks at.
local SWEEP, LOOK = 100, 500
-- One destination may have a tenth of what may be pending, and so many at least.
local LEAST_SHARE = 10

local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function text(number)
  return string.format('%.0f', number)
end

-- How far Redis's clock is ahead of the gateway's.
local function ahead(gateway_now)
  local difference = now - gateway_now
  return math.abs(difference) < SAME_CLOCK_MILLIS and 0 or difference
end

-- The time in a queue. What is due by the gateway's clock is due by Redis's too, though the two may count as the same and be not.
local function due_time(due, gateway_now, shift)
  local by_redis = due + shift
  return text(tonumber(due) <= tonumber(gateway_now) and math.min(by_redis, now) or by_redis)
end

-- Redis collates strings as its locale says, and sorts members by their bytes.
local function is_before(one, other)
  for i = 1, math.min(#one, #other) do
    local difference = string.byte(one, i) - string.byte(other, i)
    if difference ~= 0 then
      return difference < 0
    end
  end
  return #one < #other
end

-- A delivery's name in its queue: of two that are due at the same time the first added goes first.
local function queued_name(number, id)
  return string.format('%016.0f', number) .. id
end

-- A delivery's status, and its names in the sets; nil where it is gone.
local function find(id)
  local values = call('HMGET', DELIVERY .. id, 'destination', 'endpoint', 'status', 'number')
  return values[1] and {
    destination = values[1], endpoint = values[2], status = values[3],
    queued = queued_name(values[4], id), ended = id .. ' ' .. values[2],
  }
end

-- Writes how one that was found stands now; the time matters where it is pending, the history where it has ended.
local function stands(id, known, doc, status, due, history)
  call('HSET', DELIVERY .. id, 'doc', doc, 'status', status)
  if status == 'pending' then
    call('PERSIST', DELIVERY .. id)
    call('ZREM', ENDED, known.ended)
    call('ZADD', QUEUE .. known.destination, due, known.queued)
  else
    call('PEXPIRE', DELIVERY .. id, text(history + FORGET_GRACE_MILLIS))
    call('ZADD', ENDED, text(now), known.ended)
    call('ZREM', QUEUE .. known.destination, known.queued)
  end
end

-- Sets when to look at these destinations, unless a gateway works for them.
local function look_at(destinations)
  for destination in pairs(destinations) do
    if call('HEXISTS', CLAIMS, destination) == 0 then
      local first = call('ZRANGE', QUEUE .. destination, 0, 0, 'WITHSCORES')
      if first[2] then
        call('ZADD', READY, first[2], destination)
      else
        call('ZREM', READY, destination)
      end
    end
  end
end

local function forget(id, endpoint)
  call('DEL', DELIVERY .. id)
  call('ZREM', ALL, id)
  call('ZREM', ENDED, id .. ' ' .. endpoint)
  if endpoint ~= '' then
    call('ZREM', OF .. endpoint, id)
  end
end

-- Forgets ended ones, the oldest first: those that ended before a time, and at most so many.
local function forget_ended(before, most)
  local ended = most > 0 and call('ZRANGEBYSCORE', ENDED, '-inf', before, 'LIMIT', 0, most) or {}
  for _, member in ipairs(ended) do
    local id, endpoint = string.match(member, '^(%S*) (.*)$')
    forget(id, endpoint)
  end
  return #ended
end

local function pending_count()
  return call('ZCARD', ALL) - call('ZCARD', ENDED)
end

local operations = {}

-- endpoints: each one's id and JSON
function operations.endpoints()
  return call('HGETALL', ENDPOINTS)
end

local function refresh_wants()
  local all = ''
  for _, wants in ipairs(call('HVALS', WANTING)) do
    all = wants > all and wants or all
  end
  if all == '' then
    call('DEL', WANTS)
  else
    call('SET', WANTS, all)
  end
end

-- putEndpoint <id> <what it wants> <JSON> <revision>: 1, or 0 where the one that is there has not the revision before
function operations.putEndpoint(id, wants, json, revision)
  local present = call('HEXISTS', ENDPOINTS, id) == 1 and (call('HGET', REVISIONS, id) or 1) or 0
  if tonumber(revision) ~= present + 1 then
    return {'0'}
  end
  call('HSET', ENDPOINTS, id, json)
  call('HSET', REVISIONS, id, revision)
  call('HSET', WANTING, id, wants)
  refresh_wants()
  return {'1'}
end

-- removeEndpoint <id>: how many were there
function operations.removeEndpoint(id)
  local removed = call('HDEL', ENDPOINTS, id)
  call('HDEL', REVISIONS, id)
  call('HDEL', WANTING, id)
  refresh_wants()
  return {text(removed)}
end

-- outbox <how many at most> <how many deliveries may be pending>: deliveries pending, events waiting, and the oldest of these, each
-- a name and a list of fields and values; none where there is no room for what would come of them
function operations.outbox(most, room)
  local pending = pending_count()
  local events = pending < tonumber(room) and call('XRANGE', OUTBOX, '-', '+', 'COUNT', most) or {}
  return {text(pending), text(call('XLEN', OUTBOX)), events}
end

-- Of the deliveries to add, those that are new, pending, and more than their destination may have.
local function too_many(first, stride, share)
  local ids, pending = {}, {}
  for i = first, #ARGV, stride do
    local id, destination, status = ARGV[i], ARGV[i + 2], ARGV[i + 7]
    if status == 'pending' and call('EXISTS', DELIVERY .. id) == 0 then
      local there = pending[destination] or call('ZCARD', QUEUE .. destination)
      if there < share then
        pending[destination] = there + 1
      else
        ids[#ids + 1] = id
      end
    end
  end
  return ids
end

-- add <name in the outbox, or ''> <the gateway's time> <deliveries kept> <history in ms> [<id> <doc> <destination>
--   <endpoint or ''> <owner, or '' for nobody's> <due> <created> <status>]...: ids of those that their destination has no room for;
--   then nothing was done, and the gateway asks again with these as dead
function operations.add(name, gateway_now, kept, history)
  local crowded = too_many(6, 8, math.max(LEAST_SHARE, math.floor(kept / 10)))
  if #crowded > 0 then
    return crowded
  end
  if name ~= '' and call('XDEL', OUTBOX, name) == 0 then
    return {}
  end
  local shift = ahead(tonumber(gateway_now))
  local touched = {}
  for i = 6, #ARGV, 8 do
    local id, doc, destination, endpoint, owner, due, created, status = unpack(ARGV, i, i + 7)
    if call('EXISTS', DELIVERY .. id) == 0 then
      call('HSET', DELIVERY .. id, 'destination', destination, 'endpoint', endpoint, 'owner', owner, 'created', created,
        'number', text(call('INCR', NUMBER)))
      call('ZADD', ALL, created, id)
      if endpoint ~= '' then
        call('ZADD', OF .. endpoint, created, id)
      end
      stands(id, find(id), doc, status, due_time(due, gateway_now, shift), history)
      touched[destination] = true
    end
  end
  look_at(touched)
  forget_ended('+inf', math.min(call('ZCARD', ALL) - kept, SWEEP + #ARGV))
  return {}
end

-- claim <gateway> <lease in ms> <how many at most>: destinations
function operations.claim(gateway, lease, most)
  local claimed = {}
  local stale = true
  while stale and #claimed < tonumber(most) do
    stale = false
    for _, destination in ipairs(call('ZRANGEBYSCORE', READY, '-inf', text(now), 'LIMIT', 0, most - #claimed)) do
      local first = call('ZRANGE', QUEUE .. destination, 0, 0, 'WITHSCORES')
      if first[2] and tonumber(first[2]) <= now then
        call('HSET', CLAIMS, destination, gateway)
        call('ZADD', READY, text(now + lease), destination)
        claimed[#claimed + 1] = destination
      else
        call('HDEL', CLAIMS, destination)
        look_at({[destination] = true})
        stale = true
      end
    end
  end
  return claimed
end

-- renew <gateway> <lease in ms> [destination]...: those that the gateway still has
function operations.renew(gateway, lease)
  local renewed = {}
  for i = 4, #ARGV do
    local destination = ARGV[i]
    if call('HGET', CLAIMS, destination) == gateway then
      call('ZADD', READY, text(now + lease), destination)
      renewed[#renewed + 1] = destination
    end
  end
  return renewed
end

-- release <gateway> <destination>
function operations.release(gateway, destination)
  if call('HGET', CLAIMS, destination) == gateway then
    call('HDEL', CLAIMS, destination)
    look_at({[destination] = true})
  end
  return {}
end

-- due <destination> <how many at most> <the gateway's time> <1: with a write that changes nothing, for WAIT to wait for>
--   [id that the gateway has]...: when the next is due, or '', and of each other an id, a doc and when it was due, by the
--   gateway's clock
function operations.due(destination, most, gateway_now, marks)
  local queue = QUEUE .. destination
  local shift = ahead(tonumber(gateway_now))
  local found = {''}
  local known = {}
  for i = 6, #ARGV do
    known[ARGV[i]] = true
  end
  local due = call('ZRANGEBYSCORE', queue, '-inf', text(now), 'WITHSCORES', 'LIMIT', 0, most + #ARGV - 5)
  for i = 1, #due, 2 do
    local id = string.sub(due[i], 17)
    if not known[id] and #found <= 3 * most - 2 then
      local doc = call('HGET', DELIVERY .. id, 'doc')
      if doc then
        found[#found + 1] = id
        found[#found + 1] = doc
        found[#found + 1] = text(due[i + 1] - shift)
      else
        call('ZREM', queue, due[i])
      end
    end
  end
  local next = call('ZRANGEBYSCORE', queue, '(' .. text(now), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if next[2] then
    found[1] = text(next[2] - shift)
  end
  if marks == '1' and #found > 1 then
    call('PEXPIRE', DELIVERY .. found[2], FORGET_GRACE_MILLIS)
    call('PERSIST', DELIVERY .. found[2])
  end
  return found
end

-- settle <the gateway's time> <history in ms> [<id> <doc> <status> <due>]...: what is not pending stays as it is
function operations.settle(gateway_now, history)
  local shift = ahead(tonumber(gateway_now))
  local touched = {}
  for i = 4, #ARGV, 4 do
    local id, doc, status, due = unpack(ARGV, i, i + 3)
    local known = find(id)
    if known and known.status == 'pending' then
      stands(id, known, doc, status, due_time(due, gateway_now, shift), history)
      touched[known.destination] = true
    end
  end
  look_at(touched)
  return {}
end

-- docs [id]...: each one's doc; none for those that are gone
function operations.docs()
  local docs = {}
  for i = 2, #ARGV do
    docs[#docs + 1] = call('HGET', DELIVERY .. ARGV[i], 'doc') or nil
  end
  return docs
end

-- redeliver [<id> <doc that it has> <doc as pending>]...: how many are due now, and the ids of those that have another doc
function operations.redeliver()
  local answer, touched = {0}, {}
  for i = 2, #ARGV, 3 do
    local id, before, doc = unpack(ARGV, i, i + 2)
    local known = find(id)
    if known and call('HGET', DELIVERY .. id, 'doc') == before then
      stands(id, known, doc, 'pending', text(now))
      touched[known.destination] = true
      answer[1] = answer[1] + 1
    elseif known then
      answer[#answer + 1] = id
    end
  end
  look_at(touched)
  answer[1] = text(answer[1])
  return answer
end

-- purge [id]...: how many were there
function operations.purge()
  local purged = 0
  local touched = {}
  for i = 2, #ARGV do
    local known = find(ARGV[i])
    if known then
      purged = purged + 1
      forget(ARGV[i], known.endpoint)
      call('ZREM', QUEUE .. known.destination, known.queued)
      touched[known.destination] = true
    end
  end
  look_at(touched)
  return {text(purged)}
end

-- delivery <id>: its doc
function operations.delivery(id)
  return {call('HGET', DELIVERY .. id, 'doc')}
end

-- list <endpoint, or '' for all> <1: one owner's only> <owner> <status, or '' for all> <how many at most> <created> <id>: the
-- place of the last one looked at, or twice '' where none are left, and the docs. The last two arguments are the place to go on
-- after, or ''.
function operations.list(endpoint, one_owner, owner, status, most, created, id)
  local key = endpoint == '' and ALL or OF .. endpoint
  local from = 0
  if created ~= '' then
    local present = call('ZSCORE', key, id)
    from = present and tonumber(present) == tonumber(created) and call('ZREVRANK', key, id) + 1
      or call('ZCOUNT', key, '(' .. created, '+inf')
  end
  local found = {'', ''}
  local looked = call('ZREVRANGE', key, from, from + LOOK - 1, 'WITHSCORES')
  for i = 1, #looked, 2 do
    local is_after = created == '' or tonumber(looked[i + 1]) < tonumber(created) or is_before(looked[i], id)
    local values = is_after and call('HMGET', DELIVERY .. looked[i], 'owner', 'status') or {}
    if values[2] and (one_owner ~= '1' or values[1] == owner) and (status == '' or values[2] == status) then
      found[#found + 1] = call('HGET', DELIVERY .. looked[i], 'doc')
    end
    local is_last = i == #looked - 1
    if #found - 2 == tonumber(most) or is_last then
      if not is_last or #looked == 2 * LOOK then
        found[1], found[2] = looked[i + 1], looked[i]
      end
      break
    end
  end
  return found
end

-- beat <history in ms> <deliveries kept>: pending, waiting in the outbox, dropped, and how many this beat forgot
function operations.beat(history, kept)
  local forgotten = forget_ended(text(now - history), SWEEP)
  forgotten = forgotten + forget_ended('+inf', math.min(call('ZCARD', ALL) - kept, SWEEP))
  return {text(pending_count()), text(call('XLEN', OUTBOX)), call('GET', DROPPED) or '0', text(forgotten)}
end

return operations[ARGV[1]](unpack(ARGV, 2, 8))
