package dev.ringback.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** No promise without a test: what {@code docs/guarantees.md} names must be there. */
class GuaranteesTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "guarantees.md");
    private static final Pattern NAME = Pattern.compile("`([A-Z]\\w*[a-z](?:Test|IT))(?:\\.(\\w+))?`");
    private static final String SHOWN_BY = "shown by";

    private static Map<String, Set<String>> tests() {
        JavaClasses classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.ONLY_INCLUDE_TESTS)
                .importPackages("dev.ringback");
        return classes.stream()
                .filter(tested -> tested.getSimpleName().matches("\\w+(Test|IT)"))
                .collect(Collectors.toMap(JavaClass::getSimpleName, GuaranteesTest::testMethods, (a, b) -> a));
    }

    private static Set<String> testMethods(JavaClass tested) {
        return tested.getAllMethods().stream()
                .filter(method -> method.isAnnotatedWith(Test.class) || method.isAnnotatedWith(ParameterizedTest.class))
                .map(method -> method.getName())
                .collect(Collectors.toSet());
    }

    @Test
    void everyTestThatIsNamedExists() throws IOException {
        Map<String, Set<String>> tests = tests();
        List<MatchResult> named =
                NAME.matcher(Files.readString(DOCUMENT)).results().toList();

        assertThat(named).hasSizeGreaterThan(10);
        assertThat(named.stream().filter(name -> !exists(name, tests)).map(MatchResult::group))
                .as("named and not there")
                .isEmpty();
    }

    private static boolean exists(MatchResult name, Map<String, Set<String>> tests) {
        Set<String> methods = tests.get(name.group(1));
        return methods != null && (name.group(2) == null || methods.contains(name.group(2)));
    }

    @Test
    void everyPromiseNamesATest() throws IOException {
        List<String> promises = Files.readAllLines(DOCUMENT).stream()
                .dropWhile(line -> !line.contains(SHOWN_BY))
                .filter(line -> line.startsWith("| ") && !line.contains(SHOWN_BY))
                .toList();

        assertThat(promises).hasSizeGreaterThan(10);
        assertThat(promises)
                .allSatisfy(line -> assertThat(NAME.matcher(line).results().map(Function.identity()))
                        .as(line)
                        .isNotEmpty());
    }
}
