package dev.ringback.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Modifier;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ApplyScriptTest {
    private static final Pattern NAMES = Pattern.compile("(?:COMMON =|COMMON \\.\\.) '([^']+)'");
    private static final List<String> NOT_ARGUMENTS = List.of("APPLY", "CREATE", "ERROR_PREFIX", "DAMAGED_PREFIX");

    @Test
    void digestIsTheOneThatRedisGivesToTheSource() throws Exception {
        byte[] digest = MessageDigest.getInstance("SHA-1").digest(ApplyScript.source());

        assertThat(ApplyScript.sha1())
                .isEqualTo(HexFormat.of().formatHex(digest))
                .matches("[0-9a-f]{40}");
    }

    @Test
    void callersCannotChangeTheSource() {
        ApplyScript.source()[0] = 'x';

        assertThat(ApplyScript.source()[0]).isEqualTo((byte) '-');
    }

    @Test
    void constantsNameEveryArgumentOfTheScriptAndNoOther() {
        assertThat(constants()).containsExactlyInAnyOrderElementsOf(argumentsOfTheScript());
    }

    @Test
    void scriptKnowsTheSpellingsOfEveryState() {
        String source = new String(ApplyScript.source(), UTF_8);
        Matcher spelling = Pattern.compile("(\\w+) = '(\\w+)'")
                .matcher(source.substring(source.indexOf("SPELLINGS = {"), source.indexOf("local TERMINAL")));
        int spellings = 0;
        while (spelling.find()) {
            JobState state = JobState.parse(spelling.group(1));
            assertThat(state).as(spelling.group()).isNotNull();
            assertThat(state.wireName()).isEqualTo(spelling.group(2));
            spellings++;
        }
        assertThat(spellings).isEqualTo(18);
    }

    private static List<String> constants() {
        return Arrays.stream(ApplyScript.class.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == String.class)
                .filter(field -> !NOT_ARGUMENTS.contains(field.getName()))
                .map(ApplyScriptTest::value)
                .toList();
    }

    private static String value(java.lang.reflect.Field field) {
        try {
            return (String) field.get(null);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> argumentsOfTheScript() {
        Matcher names = NAMES.matcher(new String(ApplyScript.source(), UTF_8));
        StringBuilder all = new StringBuilder();
        while (names.find()) {
            all.append(names.group(1));
        }
        return List.of(all.toString().strip().split(" "));
    }
}
