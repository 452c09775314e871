package dev.ringback.gateway.listen;

import io.netty.handler.codec.http.HttpRequest;
import java.net.InetAddress;

/**
 * What a connection is doing, and what is counted of it: that a request is being answered, and for whom. Confined to the connection's
 * loop.
 */
abstract class CountedConnection extends ConnectionOutput {
    final ConnectionContext shared;
    private ConnectionState state = ConnectionState.IDLE;

    CountedConnection(ConnectionContext shared, LoopConnections connections) {
        super(connections);
        this.shared = shared;
    }

    final ConnectionState state() {
        return state;
    }

    final void moveTo(ConnectionState newState) {
        if (state == ConnectionState.ANSWERING) {
            connections.answered();
        }
        if (newState == ConnectionState.ANSWERING) {
            connections.beginAnswer();
        }
        state = newState;
        boolean over = newState == ConnectionState.IDLE || newState == ConnectionState.CLOSING;
        if (over && shared.addresses().isCounting()) {
            InetAddress client = connections.takeClient(this);
            if (client != null) {
                shared.addresses().leave(client);
            }
        }
    }

    /** Begins to answer a request that is whole; false where it is one too many. */
    final boolean beginAnswer() {
        boolean room = connections.answering() < shared.answeringPerLoop();
        moveTo(ConnectionState.ANSWERING);
        return room;
    }

    /** Counts a request for its client from its head on; false where the client has too many. */
    final boolean enterClient(HttpRequest head) {
        InetAddress asker = shared.client(context().channel(), head);
        if (asker == null) {
            return true;
        }
        boolean room = shared.addresses().enter(asker);
        if (room) {
            connections.setClient(this, asker);
        }
        return room;
    }
}
