package dev.ringback.gateway.listen;

import dev.ringback.gateway.overload.Shortage;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

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

    /** Begins to answer a request, and says what it is one too many for; null where it is not. */
    final @Nullable Shortage beginAnswer(RequestReader request) {
        boolean tooMany = connections.answering() >= shared.answeringPerLoop();
        moveTo(ConnectionState.ANSWERING);
        if (tooMany) {
            return Shortage.REQUESTS;
        }
        InetAddress asker = shared.client(context().channel(), request.head());
        if (asker != null && !shared.addresses().enter(asker)) {
            return Shortage.CLIENT_CONNECTIONS;
        }
        if (asker != null) {
            connections.setClient(this, asker);
        }
        return null;
    }
}
